package org.posthorn.protocols.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.address.AddressResult.Bad;
import org.posthorn.protocols.address.AddressResult.Good;
import org.posthorn.protocols.address.AddressResult.Problem;

class AddressParserTest {

    private final AddressParser ascii = AddressParser.ascii();
    private final AddressParser utf8 = AddressParser.smtpUtf8();

    @ParameterizedTest
    @CsvSource(delimiterString = " | ", quoteCharacter = '\0', textBlock = """
        ann@example.org                    | ann@example.org
        Ann@EXAMPLE.Org                    | Ann@example.org
        a.b.c@example.org                  | a.b.c@example.org
        ann+tag@example.org                | ann+tag@example.org
        !#$%&'*+-/=?^_`{|}~@example.org    | !#$%&'*+-/=?^_`{|}~@example.org
        "ann"@example.org                  | ann@example.org
        "a b"@example.org                  | "a b"@example.org
        "a\\@b"@example.org                | "a@b"@example.org
        "a\\"b"@example.org                | "a\\"b"@example.org
        "a\\\\b"@example.org               | "a\\\\b"@example.org
        "."@example.org                    | "."@example.org
        ann@localhost                      | ann@localhost
        ann@example.org.                   | ann@example.org
        ann@3com.com                       | ann@3com.com
        ann@a-b.example                    | ann@a-b.example
        ann@xn--bcher-kva.example          | ann@xn--bcher-kva.example
        ann%remote@example.org             | ann%remote@example.org
        remote!ann@example.org             | remote!ann@example.org
        ann@[192.0.2.1]                    | ann@[192.0.2.1]
        ann@[IPv6:2001:DB8::1]             | ann@[IPv6:2001:db8::1]
        ann@[ipv6:::1]                     | ann@[IPv6:::1]
        ann@[IPv6:::]                      | ann@[IPv6:::]
        ann@[IPv6:1:2:3:4:5:6:7:8]         | ann@[IPv6:1:2:3:4:5:6:7:8]
        ann@[IPv6:::ffff:192.0.2.1]        | ann@[IPv6:::ffff:c000:201]
        ann@[IPv6:1:0:0:2:0:0:0:3]         | ann@[IPv6:1:0:0:2::3]
        """)
    void mailboxesHaveOneForm(String text, String form) {
        assertThat(ascii.mailbox(text).toOptional()).hasToString("Optional[" + form + "]");
        assertThat(ascii.mailbox(form).toOptional()).as("its own form").isEqualTo(ascii.mailbox(text).toOptional());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "@", "ann", "ann@", "@example.org", ".ann@example.org", "ann.@example.org",
        "a..b@example.org", "a b@example.org", "ann@exa mple.org", "ann@example..org", "ann@.example.org",
        "ann@-example.org", "ann@example-.org", "ann@exam_ple.org", "ann@example.org..", "ann@example.org>",
        "\"\"@example.org", "\"ann@example.org", "\"a\"b@example.org", "a\"b\"@example.org", "\"a\\\"@example.org",
        "\"a\tb\"@example.org", "\"a\\\tb\"@example.org", "a(b)@example.org", "a,b@example.org", "a@b@example.org",
        "ann@[192.0.2]", "ann@[192.0.2.256]", "ann@[192.0.2.01]", "ann@[192.0.2.1", "ann@192.0.2.1]", "ann@[]",
        "ann@[IPv6:1:2:3:4:5:6:7]", "ann@[IPv6:1:2:3:4:5:6:7:8:9]", "ann@[IPv6:1::2::3]", "ann@[IPv6:12345::]",
        "ann@[IPv6:::1%eth0]", "ann@[IPv6:1:2:3:4:5:6:7::]", "ann@[tag:x]", "ann@[192.0.2.1]x", "<ann@example.org>",
        "ann@example.org ", " ann@example.org", "ann@example.org\0", "ann@example.org\r\n", "a\u0080@example.org"})
    void whatIsNoMailboxIsRefused(String text) {
        assertThat(ascii.mailbox(text)).isInstanceOf(Bad.class);
    }

    @Test void lengthsAreAllowedUpToTheirLimit() {
        assertThat(ascii.mailbox("a".repeat(64) + "@example.org").toOptional()).isPresent();
        assertThat(ascii.mailbox("a".repeat(65) + "@example.org").toOptional()).isEmpty();
        assertThat(utf8.mailbox("ü".repeat(32) + "@example.org").toOptional()).isPresent();
        assertThat(utf8.mailbox("ü".repeat(32) + "a@example.org").toOptional()).as("octets, not characters").isEmpty();
        assertThat(ascii.mailbox("a@" + "b".repeat(63) + ".org").toOptional()).isPresent();
        assertThat(ascii.mailbox("a@" + "b".repeat(64) + ".org").toOptional()).isEmpty();
        var domain = ("a".repeat(63) + ".").repeat(4).substring(0, 255);
        assertThat(DomainName.parse(domain, false).toOptional()).isPresent();
        assertThat(DomainName.parse(domain + "b", false).toOptional()).isEmpty();
        var path = "<" + "a".repeat(60) + "@" + domain.substring(0, 256 - 63) + ">";
        assertThat(path).hasSize(256);
        assertThat(ascii.forwardPath(path, "x").toOptional()).isPresent();
        assertThat(ascii.forwardPath("<a" + path.substring(1), "x").toOptional()).isEmpty();
    }

    @Test void aPathHasBracketsAndLeavesTheRest() {
        assertThat(ascii.reversePath("<ann@example.org> SIZE=1")).isEqualTo(
            new Good<>(ReversePath.of(new Mailbox("ann", "example.org")), " SIZE=1"));
        assertThat(ascii.reversePath("<> BODY=7BIT")).isEqualTo(new Good<>(ReversePath.none(), " BODY=7BIT"));
        assertThat(ascii.reversePath("<\"a>b\"@example.org>").toOptional()).isPresent();
        assertThat(ascii.reversePath("ann@example.org").toOptional()).isEmpty();
        assertThat(ascii.reversePath("<ann@example.org").toOptional()).isEmpty();
        assertThat(ascii.reversePath("< ann@example.org>").toOptional()).isEmpty();
        assertThat(ascii.forwardPath("<>", "mx.example.org").toOptional()).isEmpty();
    }

    @Test void aSourceRouteIsDropped() {
        var ann = new Good<>(new Mailbox("ann", "example.org"), "");
        assertThat(ascii.forwardPath("<@one.example:ann@example.org>", "x")).isEqualTo(ann);
        assertThat(ascii.forwardPath("<@one.example,@two.example:ann@example.org>", "x")).isEqualTo(ann);
        assertThat(ascii.forwardPath("<@one.example,two.example:ann@example.org>", "x").toOptional()).isEmpty();
        assertThat(ascii.forwardPath("<@one.example>", "x").toOptional()).isEmpty();
        assertThat(ascii.forwardPath("<@:ann@example.org>", "x").toOptional()).isEmpty();
    }

    @Test void onlyPostmasterNeedsNoDomain() {
        assertThat(ascii.forwardPath("<POSTmaster>", "mx.example.org").toOptional())
            .contains(new Mailbox("POSTmaster", "mx.example.org"));
        assertThat(ascii.forwardPath("<ann>", "mx.example.org").toOptional()).isEmpty();
        assertThat(ascii.reversePath("<postmaster>").toOptional()).isEmpty();
    }

    @Test void whatIsNotAsciiNeedsSmtpUtf8() {
        assertThat(ascii.mailbox("mü@example.org")).isInstanceOfSatisfying(Bad.class,
            bad -> assertThat(bad.problem()).isEqualTo(Problem.NEEDS_SMTPUTF8));
        assertThat(ascii.mailbox("\"mü\"@example.org")).isInstanceOfSatisfying(Bad.class,
            bad -> assertThat(bad.problem()).isEqualTo(Problem.NEEDS_SMTPUTF8));
        assertThat(ascii.mailbox("ann@bücher.example")).isInstanceOfSatisfying(Bad.class,
            bad -> assertThat(bad.problem()).isEqualTo(Problem.NEEDS_SMTPUTF8));
        assertThat(utf8.mailbox("mü@BÜCHER.example").toOptional())
            .contains(new Mailbox("mü", "xn--bcher-kva.example"));
    }

    @ParameterizedTest
    @CsvSource({"bücher, xn--bcher-kva", "BÜCHER, xn--bcher-kva", "bu\u0308cher, xn--bcher-kva",
        "faß, xn--fa-hia", "münchen, xn--mnchen-3ya", "例え, xn--r8jz45g", "испытание, xn--80akhbyknj4f",
        "ｅｘａｍｐｌｅ, example", "παράδειγμα, xn--hxajbheg2az3al"})
    void uLabelsBecomeALabels(String unicode, String label) {
        assertThat(DomainName.parse(unicode + ".example", true).toOptional()).contains(label + ".example");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-ü", "ü-", "ab--ü", "ü\u200d", "\u0301a", "☃", "ü ü", "a\u3002b", "ü．b", "\ud800",
        "\u0000ü", "‮ü"})
    void whatIsNoULabelIsRefused(String label) {
        assertThat(DomainName.parse(label, true).toOptional()).isEmpty();
    }

    @Test void punycodeAgreesWithTheJdkOnWhatBothKnow() {
        var random = new Random(3492);
        for (var round = 0; round < 2000; round++) {
            var label = new StringBuilder();
            for (var length = 1 + random.nextInt(12); length > 0; length--) {
                label.appendCodePoint(random.nextBoolean() ? 'a' + random.nextInt(26) : 0x430 + random.nextInt(32));
            }
            assertThat(DomainName.parse(label.toString(), true).toOptional())
                .contains(IDN.toASCII(label.toString()));
        }
    }

    @Property(seed = "5321") void aMailboxReadsItsOwnText(@ForAll @StringLength(max = 60) String text) {
        utf8.mailbox(text).toOptional().ifPresent(mailbox ->
            assertThat(utf8.mailbox(mailbox.toString()).toOptional()).contains(mailbox));
    }

    @Test void anyOctetsGiveAnAnswerAndNoLineBreak() {
        var random = new Random(412);
        var alphabet = "ab@.\"\\<>[]:,-_ 1IPv6\r\n\0ü\u2028x";
        var good = 0;
        for (var round = 0; round < 50_000; round++) {
            var text = new StringBuilder(random.nextBoolean() ? "<" : "");
            for (var length = random.nextInt(14); length > 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            text.append(random.nextBoolean() ? "@ab.example>" : ">");
            if (utf8.reversePath(text.toString()) instanceof Good<ReversePath>(var path, _)) {
                good++;
                assertThat(path.toString()).as(text.toString()).doesNotContain("\r", "\n", "\0", "\u2028");
                assertThat(path.toString().getBytes(StandardCharsets.UTF_8).length).isLessThan(256);
            }
        }
        assertThat(good).as("the fuzz also finds good ones").isGreaterThan(1000);
    }
}
