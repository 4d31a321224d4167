package org.posthorn.server.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Peer;
import org.posthorn.server.chain.TestMail;

/** SPF while the client waits: SpfIs, the mailet SPF, and what of it comes into the message. */
class SpfPolicyTest {

    private static final String REJECT = """
        <processor state="rcpt">
          <mailet match="SpfIs=fail" class="Reject"><reply>550 5.7.23 SPF: ${spf.explanation}</reply></mailet>
          <mailet match="SpfIs=temperror" class="Defer"><reply>451 4.7.24 SPF cannot be checked now</reply></mailet>
          <mailet match="RecipientIs=bob@example.org" class="Reject"/>
          <mailet match="All" class="Accept"/>
        </processor>""";

    @TempDir private Path folder;
    private Talk talk;

    @BeforeEach void open() {
        talk = new Talk(folder).policy(REJECT);
    }

    private void record(String text) {
        talk.fixture.workshop.dns.txt("far.example", text);
    }

    private static String text(DataVerdict verdict) throws IOException {
        var variant = ((DataVerdict.Take) verdict).variants().getFirst();
        try (var in = variant.content().open()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest @CsvSource(delimiter = '|', value = {
        "v=spf1 ip4:203.0.113.9 -all | ok", "v=spf1 ~all | ok", "v=spf1 nonsense | ok",
        "v=spf1 -all | 550 5.7.23 SPF: far.example gives fail for 203.0.113.9",
        "v=spf1 -all exp=why.example | 550 5.7.23 SPF: the domain far.example explains: not 203.0.113.9!",
        "v=spf1 exists:down.example | 451 4.7.24 SPF cannot be checked now"})
    void thePolicyDecidesByTheResult(String record, String answer) {
        talk.fixture.workshop.dns.txt("why.example", "not %{i}!").failing("down.example");
        record(record);
        assertThat(talk.rcpt("ann@example.org")).isEqualTo(answer);
    }

    @Test void anExplanationIsOneShortLineWhateverTheDomainSays() {
        talk.fixture.workshop.dns.txt("why.example", "so ".repeat(300));
        record("v=spf1 -all exp=why.example");
        assertThat(talk.rcpt("ann@example.org")).startsWith("550 5.7.23 SPF: the domain far.example explains: so so")
            .endsWith("...").hasSizeLessThan(450);
    }

    @Test void theDomainIsAskedOnceInATransactionAlsoWhenARecipientIsRefused() {
        record("v=spf1 +all");
        assertThat(talk.rcpt("bob@example.org")).startsWith("550");
        talk.fixture.workshop.dns.failing("far.example");
        assertThat(talk.rcpt("ann@example.org")).isEqualTo("ok");
        talk.reset();
        assertThat(talk.rcpt("ann@example.org")).startsWith("451 4.7.24");
    }

    @Test void whoLoggedInIsTrustedOrSitsHereIsNotChecked() {
        record("v=spf1 -all");
        assertThat(talk.as(Peer.Greeting.EHLO, "203.0.113.9", "ann@example.org").rcpt("ann@example.org"))
            .isEqualTo("ok");
        assertThat(talk.as(Peer.Greeting.EHLO, "198.51.100.3", "").rcpt("ann@example.org")).isEqualTo("ok");
        assertThat(talk.as(Peer.Greeting.LHLO, "127.0.0.1", "").rcpt("ann@example.org")).isEqualTo("ok");
        assertThat(talk.results()).isEmpty();
        assertThat(talk.as(Peer.Greeting.EHLO, "203.0.113.9", "").rcpt("ann@example.org")).startsWith("550 5.7.23");
    }

    @Test void theNullSenderIsCheckedByTheGreeting() {
        talk.fixture.workshop.dns.txt("client.example", "v=spf1 -all");
        assertThat(talk.from(ReversePath.none()).rcpt("ann@example.org"))
            .isEqualTo("550 5.7.23 SPF: client.example gives fail for 203.0.113.9");
    }

    @Test void theResultIsGivenToIntakeAndKeptWithTheMessage() throws IOException {
        record("v=spf1 ?all");
        talk.rcpt("ann@example.org");
        assertThat(talk.results()).containsExactly("""
            Authentication-Results: mx.example.org;
            \tspf=neutral
            \tsmtp.mailfrom=zoe@far.example
            """.replace("\n", "\r\n"), """
            Received-SPF: neutral (mx.example.org: far.example says nothing about 203.0.113.9)
            \treceiver=mx.example.org;
            \tidentity=mailfrom;
            \tclient-ip=203.0.113.9;
            \tenvelope-from="zoe@far.example";
            \thelo=client.example;
            \tmechanism=all
            """.replace("\n", "\r\n"));
        var verdict = talk.data(TestMail.MESSAGE);
        assertThat(((DataVerdict.Take) verdict).variants().getFirst().attributes())
            .contains("org.posthorn.auth.spf", "NEUTRAL", "org.posthorn.auth.written");
        assertThat(text(verdict)).as("intake has written them already").isEqualTo(TestMail.MESSAGE);
    }

    @Test void whatIsFirstAskedAtDataIsPutOnTopOfTheMessage() throws IOException {
        talk.policy("""
            <processor state="rcpt"><mailet match="All" class="Accept"/></processor>
            <processor state="data"><mailet match="All" class="SPF"/></processor>""");
        record("v=spf1 +all");
        talk.rcpt("ann@example.org");
        assertThat(talk.results()).isEmpty();
        assertThat(text(talk.data(TestMail.MESSAGE)))
            .startsWith("Authentication-Results: mx.example.org;\r\n\tspf=pass\r\n\tsmtp.mailfrom=zoe@far.example\r\n"
                + "Received-SPF: pass (").endsWith(TestMail.MESSAGE);
    }

    @Test void nothingThatAClientSaysBeginsAFieldOrACommentOfItsOwn() {
        record("v=spf1 -all exp=why.example");
        talk.policy("<processor state=\"rcpt\"><mailet match=\"All\" class=\"SPF\"/></processor>");
        talk.fixture.workshop.dns.txt("why.example", "\"; dkim=pass (really)");
        talk.helo("x) y=\"z\\").from(ReversePath.of(TestMail.box("zoe; spf=pass (@far.example")))
            .rcpt("ann@example.org");
        assertThat(String.join("", talk.results())).contains(
            "\treason=\"far.example explains: \\\"; dkim=pass (really)\"\r\n",
            "\tsmtp.mailfrom=\"zoe; spf=pass (@far.example\"\r\n", "\thelo=\"x) y=\\\"z\\\\\";\r\n");
    }

    @Test void spfIsCannotBeAskedAtConnect() {
        assertThat(talk.fixture.workshop.problems("<processors><processor state=\"connect\">"
            + "<matcher name=\"X\" match=\"Not\"><matcher match=\"SpfIs=fail\"/></matcher>"
            + "<mailet match=\"X\" class=\"Reject\"/></processor></processors>")).anySatisfy(problem ->
            assertThat(problem).contains("matcher SpfIs cannot be asked at connect"));
    }

    @Test void theDefaultPolicyTags() throws IOException {
        talk.file(Files.readString(Path.of("..", "conf", "processors.xml")));
        record("v=spf1 -all");
        assertThat(talk.rcpt("ann@example.org")).isEqualTo("ok");
        assertThat(talk.results()).hasSize(2).first().asString().contains("spf=fail");
    }
}
