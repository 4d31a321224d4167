package org.posthorn.server.auth.spf;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.server.dns.Dns;
import org.posthorn.server.dns.DnsAnswer;
import org.posthorn.server.dns.ZoneDns;

/** The rules of RFC 7208, from tables of records and results, and those that need a zone of their own. */
class SpfTest {

    private static final InetAddress CLIENT = InetAddress.ofLiteral("192.0.2.1");
    private Instant now = Instant.parse("2026-11-21T12:00:00Z");

    private final ZoneDns zone = new ZoneDns()
        .address("mail.example.org", "192.0.2.1").address("mail.example.org", "2001:db8::1")
        .address("other.example.org", "198.51.100.7").address("six.example.org", "2001:db8::77")
        .mx("example.org", 10, "other.example.org").mx("example.org", 20, "mail.example.org")
        .mx("nomail.example.org", 0, "")
        .ptr("192.0.2.1", "mail.example.org").ptr("192.0.2.1", "liar.example.net")
        .ptr("2001:db8::1", "mail.example.org")
        .address("liar.example.net", "203.0.113.1")
        .txt("pass.example.org", "v=spf1 +all").txt("fail.example.org", "v=spf1 -all")
        .txt("soft.example.org", "v=spf1 ~all").txt("neutral.example.org", "v=spf1 ?all")
        .txt("broken.example.org", "v=spf1 oops").txt("plain.example.org", "no record at all")
        .txt("why.example.org", "%{i} may not send for %{d}, says %{h} to %{r}")
        .address("192.0.2.1.bob.listed.example.org", "127.0.0.2")
        .address("a b.example.org", "192.0.2.1")
        .exists("empty.example.org")
        .failing("down.example.org");

    private SpfVerdict check(String record) {
        return check(record, SpfQuestion.of(CLIENT, "client.example.net", "bob@example.org"));
    }

    private SpfVerdict check(String record, SpfQuestion question) {
        zone.txt(question.domain(), record);
        return spf(zone).check(question);
    }

    private Spf spf(Dns dns) {
        return new Spf(dns, SpfConfig.of("mx.example.com"), () -> now);
    }

    @ParameterizedTest @CsvFileSource(resources = "/org/posthorn/server/auth/spf/records.csv", delimiter = '|')
    void aRecordGivesItsResult(String client, String record, String result) {
        var question = SpfQuestion.of(InetAddress.ofLiteral(client), "client.example.net", "bob@example.org");
        assertThat(check(record, question).result().text()).isEqualTo(result);
    }

    @ParameterizedTest @CsvFileSource(resources = "/org/posthorn/server/auth/spf/macros.csv", delimiter = '|')
    void aMacroStandsForWhatIsKnown(String client, String text, String expanded) {
        zone.txt("text.example.org", text);
        var question = SpfQuestion.of(InetAddress.ofLiteral(client), "client.example.net", "a-b.c+d@example.org");
        assertThat(check("v=spf1 -all exp=text.example.org", question).explanation())
            .isEqualTo(expanded == null ? "" : expanded);
    }

    @Test void theNullSenderIsPostmasterOfTheGreetingsName() {
        zone.txt("client.example.net", "v=spf1 exists:%{l}.%{o}.listed.example.org -all")
            .address("postmaster.client.example.net.listed.example.org", "127.0.0.2");
        var verdict = spf(zone).check(SpfQuestion.of(CLIENT, "client.example.net", ReversePath.none()));
        assertThat(verdict.result()).isEqualTo(SpfResult.PASS);
        assertThat(verdict.question().identity()).isEqualTo(SpfQuestion.Identity.HELO);
    }

    @ParameterizedTest @ValueSource(strings = {
        "bob@[192.0.2.1]", "bob@localhost", "bob@a..example.org", "bob@", "<>",
        "bob@a123456789012345678901234567890123456789012345678901234567890123.example.org"})
    void whatIsNoDomainHasNoRecord(String sender) {
        var verdict = spf(zone).check(SpfQuestion.of(CLIENT, "[192.0.2.1]", sender));
        assertThat(verdict.result()).isEqualTo(SpfResult.NONE);
        assertThat(verdict.problem()).endsWith("is no domain");
    }

    @Test void aDomainWithoutRecordIsToldApartFromOneThatFails() {
        assertThat(spf(zone).check(SpfQuestion.of(CLIENT, "h.example", "bob@plain.example.org")).result())
            .isEqualTo(SpfResult.NONE);
        assertThat(spf(zone).check(SpfQuestion.of(CLIENT, "h.example", "bob@gone.example.org")).result())
            .isEqualTo(SpfResult.NONE);
        assertThat(spf(zone).check(SpfQuestion.of(CLIENT, "h.example", "bob@down.example.org")).result())
            .isEqualTo(SpfResult.TEMPERROR);
    }

    @Test void twoRecordsAreAMistake() {
        zone.txt("example.org", "v=SPF1 +all").txt("example.org", "v=spf10 -all").txt("example.org", "something else");
        assertThat(check("v=spf1 -all").problem()).isEqualTo("example.org has 2 SPF records");
    }

    @Test void theTermThatDecidedIsTold() {
        assertThat(check("v=spf1 ip4:198.51.100.0/24 ~a:mail.example.org -all").mechanism())
            .isEqualTo("a:mail.example.org");
        assertThat(new SpfTest().check("v=spf1 ip4:198.51.100.0/24").mechanism()).isEqualTo("default");
    }

    @Test void tenTermsMayAskTheDnsAndElevenMayNot() {
        assertThat(check("v=spf1" + " a:other.example.org".repeat(10) + " +all").result()).isEqualTo(SpfResult.PASS);
        var eleven = new SpfTest().check("v=spf1" + " a:other.example.org".repeat(11) + " +all");
        assertThat(eleven.result()).isEqualTo(SpfResult.PERMERROR);
        assertThat(eleven.problem()).isEqualTo("more than 10 terms need DNS lookups");
    }

    @Test void aCircleOfIncludesEndsAtTheLimit() {
        zone.txt("circle.example.org", "v=spf1 include:example.org");
        assertThat(check("v=spf1 include:circle.example.org").result()).isEqualTo(SpfResult.PERMERROR);
        assertThat(new SpfTest().check("v=spf1 redirect=example.org").result()).isEqualTo(SpfResult.PERMERROR);
    }

    @Test void twoTermsMayLeadToNothingAndThreeMayNot() {
        assertThat(check("v=spf1 a:n1.example.org exists:n2.example.org ?all").result())
            .isEqualTo(SpfResult.NEUTRAL);
        var three = new SpfTest().check("v=spf1 a:n1.example.org mx:empty.example.org exists:n3.example.org ?all");
        assertThat(three.result()).isEqualTo(SpfResult.PERMERROR);
        assertThat(three.problem()).isEqualTo("more than 2 terms lead to nothing in the DNS");
    }

    @Test void howManyTermsMayLeadToNothingCanBeSet() {
        zone.txt("example.org", "v=spf1 a:n1.example.org ?all");
        var none = new Spf(zone, new SpfConfig(0, Duration.ofSeconds(20), "mx.example.com"), () -> now);
        assertThat(none.check(SpfQuestion.of(CLIENT, "h.example", "bob@example.org")).result())
            .isEqualTo(SpfResult.PERMERROR);
    }

    @Test void elevenExchangersAreTooManyAndTheEleventhNameIsNotLookedAt() {
        for (var i = 0; i < 11; i++) {
            zone.mx("many.example.org", i, "other.example.org").ptr("192.0.2.66", "p" + i + ".example.org");
        }
        assertThat(check("v=spf1 mx:many.example.org +all").result()).isEqualTo(SpfResult.PERMERROR);
        zone.address("p10.example.org", "192.0.2.66").txt("ptr.example.org", "v=spf1 ptr:example.org -all");
        var client = InetAddress.ofLiteral("192.0.2.66");
        assertThat(spf(zone).check(SpfQuestion.of(client, "h.example", "bob@ptr.example.org")).result())
            .isEqualTo(SpfResult.FAIL);
        zone.address("p9.example.org", "192.0.2.66");
        assertThat(spf(zone).check(SpfQuestion.of(client, "h.example", "bob@ptr.example.org")).result())
            .isEqualTo(SpfResult.PASS);
    }

    @Test void aCheckThatTakesTooLongIsATemporaryError() {
        zone.txt("example.org", "v=spf1 a:other.example.org a:mail.example.org -all");
        var slow = new Dns() {
            @Override public DnsAnswer<MxRecord> mx(String domain) {
                return zone.mx(domain);
            }

            @Override public DnsAnswer<SrvRecord> srv(String service) {
                return zone.srv(service);
            }

            @Override public DnsAnswer<InetAddress> addresses(String host) {
                return zone.addresses(host);
            }

            @Override public DnsAnswer<InetAddress> addresses(String host, Family family) {
                now = now.plusSeconds(20);
                return zone.addresses(host, family);
            }

            @Override public DnsAnswer<String> txt(String name) {
                return zone.txt(name);
            }

            @Override public DnsAnswer<String> ptr(InetAddress address) {
                return zone.ptr(address);
            }
        };
        var verdict = spf(slow).check(SpfQuestion.of(CLIENT, "h.example", "bob@example.org"));
        assertThat(verdict.result()).isEqualTo(SpfResult.TEMPERROR);
        assertThat(verdict.problem()).isEqualTo("the check took longer than 20 s");
    }

    @Test void theExplanationIsThatOfTheRecordThatDecided() {
        zone.txt("mine.example.org", "mine").txt("theirs.example.org", "theirs")
            .txt("other.example.org", "v=spf1 -all exp=theirs.example.org");
        assertThat(check("v=spf1 include:other.example.org -all exp=mine.example.org").explanation()).isEqualTo("mine");
        zone.txt("to.example.org", "v=spf1 redirect=other.example.org exp=mine.example.org");
        assertThat(spf(zone).check(SpfQuestion.of(CLIENT, "h.example", "bob@to.example.org")).explanation())
            .isEqualTo("theirs");
    }

    @ParameterizedTest @ValueSource(strings = {"%{x}", "50% off", "caf\u00e9", "a\tb"})
    void aBrokenExplanationIsNone(String text) {
        zone.txt("text.example.org", text);
        assertThat(check("v=spf1 -all exp=text.example.org").explanation()).isEmpty();
    }

    @Test void twoExplanationsAreNone() {
        zone.txt("text.example.org", "one").txt("text.example.org", "two");
        assertThat(check("v=spf1 -all exp=text.example.org").explanation()).isEmpty();
        assertThat(new SpfTest().check("v=spf1 -all exp=down.example.org").explanation()).isEmpty();
    }

    @Test void onlyAFailIsExplained() {
        assertThat(check("v=spf1 ~all exp=why.example.org").explanation()).isEmpty();
    }

    @Test void aLocalPartThatIsNotAsciiMatchesNothing() {
        var question = SpfQuestion.of(CLIENT, "h.example", "j\u00f6rg@example.org");
        assertThat(check("v=spf1 exists:%{l}.listed.example.org -all exp=%{l}.example.org", question).result())
            .isEqualTo(SpfResult.FAIL);
    }

    @Test void aLongNameLosesLabelsFromTheLeft() {
        var asked = new ArrayList<String>();
        var label = "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstu.";
        zone.txt("example.org", "v=spf1 exists:first." + label.repeat(5) + "example.org -all");
        spf(zone).check(SpfQuestion.of(CLIENT, "h.example", "bob@example.org"), (_, text) -> asked.add(text));
        assertThat(asked).anySatisfy(step -> assertThat(step).endsWith(" is " + label.repeat(4) + "example.org"));
    }

    @Test void eachStepIsTold() {
        var steps = new ArrayList<String>();
        zone.txt("example.org", "v=spf1 include:fail.example.org a:mail.example.org -all");
        spf(zone).check(SpfQuestion.of(CLIENT, "h.example", "bob@example.org"),
            (depth, text) -> steps.add("  ".repeat(depth) + text));
        assertThat(steps).isEqualTo(List.of(
            "example.org TXT \"v=spf1 include:fail.example.org a:mail.example.org -all\"",
            "  fail.example.org TXT \"v=spf1 -all\"", "  all: match", "  = fail (all)",
            "include:fail.example.org: no match", "mail.example.org A 192.0.2.1",
            "a:mail.example.org: match", "= pass (a:mail.example.org)",
            "DNS lookups 2 of 10, without an answer 0 of 2"));
    }

    @Test void noRecordBreaksTheCheck() {
        var random = new Random(7208);
        var pieces = List.of("a", "mx", "ptr", "ip4", "ip6", "include", "exists", "all", "redirect", "exp", ":", "=",
            "/", "//", "%{", "}", "%%", "%", "i", "r", "7", "d", ".", "-", "+", "~", "?", " ", "192.0.2.1", "::1",
            "example.org", "\u00e9", "\0", "other.example.org", "S", "_");
        for (var i = 0; i < 5_000; i++) {
            var record = new StringBuilder("v=spf1 ");
            for (var n = random.nextInt(12); n >= 0; n--) {
                record.append(pieces.get(random.nextInt(pieces.size())));
            }
            var fresh = new ZoneDns().txt("example.org", record.toString());
            assertThat(spf(fresh).check(SpfQuestion.of(CLIENT, "h", "b@example.org")).result()).isNotNull();
        }
    }
}
