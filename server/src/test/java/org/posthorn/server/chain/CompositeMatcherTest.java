package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.posthorn.server.chain.Workshop.told;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMatcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The children name ann and bob, and bob and cy. */
class CompositeMatcherTest {

    private final Workshop workshop = new Workshop();

    @ParameterizedTest @CsvSource({
        "And, bob@example.org", "Or, ann@example.org bob@example.org cy@example.org", "Not, dee@example.org",
        "Xor, ann@example.org cy@example.org",
        "org.apache.james.mailetcontainer.impl.matchers.And, bob@example.org",
        "org.apache.james.mailetcontainer.impl.matchers.Xor, ann@example.org cy@example.org"})
    void combines(String match, String matched) {
        assertThat(discarded("""
            <matcher name="some" match="%s">
              <matcher match="RecipientIs=ann@example.org,bob@example.org"/>
              <matcher match="RecipientIs=bob@example.org,cy@example.org"/>
            </matcher>
            <mailet match="some" class="Discard"/>""".formatted(match))).isEqualTo(matched);
    }

    /** A matcher that names those whose bits are set, from the mail's first recipient on. */
    private static CompositeMatcher.Child naming(int bits, boolean inverted) {
        return new CompositeMatcher.Child(new GenericMatcher() {
            @Override public Collection<MailAddress> match(Mail mail) {
                return chosen(bits, mail);
            }
        }, inverted);
    }

    private static List<MailAddress> chosen(int bits, Mail mail) {
        var all = List.copyOf(mail.getRecipients());
        return IntStream.range(0, all.size()).filter(place -> (bits >> place & 1) != 0).mapToObj(all::get).toList();
    }

    /** All, some and nobody, of one recipient and of three: what is spared for all and nobody must change nothing. */
    @ParameterizedTest @ValueSource(ints = {1, 3})
    void whomItNamesIsWhatTheCombinationSays(int size) throws Exception {
        var mail = TestMail.to(List.of("ann@x.org", "bob@x.org", "cy@x.org").subList(0, size).toArray(String[]::new));
        var every = (1 << size) - 1;
        for (var cases = 0; cases < 1 << 3 * size + 1; cases++) {
            var one = cases & every;
            var two = cases >> size & every;
            var three = cases >> 2 * size & every;
            var inverted = cases >> 3 * size != 0;
            var children = List.of(naming(one, inverted), naming(two, false), naming(three, false));
            var first = inverted ? ~one & every : one;
            for (var combination : CompositeMatcher.Combination.values()) {
                var expected = switch (combination) {
                    case AND -> first & two & three;
                    case OR -> first | two | three;
                    case NOT -> ~(first | two | three);
                    case XOR -> first ^ two ^ three;
                };
                var matcher = new CompositeMatcher(combination, children,
                    new Condition("test", Optional.empty(), null));
                assertThat(Matching.of(matcher, false, mail)).as("%s of %s %s %s", combination, first, two, three)
                    .isEqualTo(chosen(expected, mail));
            }
        }
    }

    @Test void childrenMayBeInvertedAndNested() {
        assertThat(discarded("""
            <matcher name="some" match="And">
              <matcher notmatch="RecipientIs=ann@example.org"/>
              <matcher match="Or">
                <matcher match="RecipientIs=ann@example.org"/>
                <matcher match="Not"><matcher match="RecipientIs=bob@example.org,cy@example.org"/></matcher>
              </matcher>
            </matcher>
            <mailet match="some" class="Discard"/>""")).isEqualTo("dee@example.org");
    }

    @Test void aNamedMatcherMayBeInverted() {
        assertThat(discarded("""
            <matcher name="ann" match="Or"><matcher match="RecipientIs=ann@example.org"/></matcher>
            <mailet notmatch="ann" class="Discard"/>""")).isEqualTo("bob@example.org cy@example.org dee@example.org");
        assertThat(discarded("""
            <matcher name="others" notmatch="RecipientIs=ann@example.org"/>
            <mailet match="others" class="Discard"/>""")).isEqualTo("bob@example.org cy@example.org dee@example.org");
    }

    @Test void aNameMayBeUsedInAnother() {
        assertThat(discarded("""
            <matcher name="ann" match="RecipientIs=ann@example.org"/>
            <matcher name="some" match="Or">
              <matcher match="ann"/><matcher match="RecipientIs=cy@example.org"/>
            </matcher>
            <mailet match="some" class="Discard"/>""")).isEqualTo("ann@example.org cy@example.org");
    }

    @Test void aNameIsGivenOnce() {
        assertThat(workshop.problems(Workshop.file("""
            <processor state="root">
              <matcher name="ann" match="All"/>
              <matcher name="ann" match="All"/>
              <mailet class="Null"/>
            </processor>"""))).containsExactly("processors.xml:4: processor 'root' has a matcher named 'ann' already");
    }

    private String discarded(String steps) {
        var chain = workshop.chain(
            "<processor state=\"root\">" + steps + "<mailet class=\"LocalDelivery\"/></processor>");
        return String.join(" ", told(chain.run("root",
            TestMail.to("ann@example.org", "bob@example.org", "cy@example.org", "dee@example.org"))).stream()
            .filter(line -> line.contains("Discarded")).map(line -> line.substring(0, line.indexOf(' '))).toList());
    }
}
