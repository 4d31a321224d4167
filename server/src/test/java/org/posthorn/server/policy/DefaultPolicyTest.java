package org.posthorn.server.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.mailets.port.SenderRewriting;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Peer;
import org.posthorn.server.chain.RelayConfig;
import org.posthorn.server.chain.TestMail;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problems;

/** conf/processors.xml, as it is delivered. */
class DefaultPolicyTest {

    private static final Path CONF = Path.of("..", "conf");

    @TempDir Path folder;
    private Talk talk;

    @BeforeEach void open() throws IOException {
        talk = new Talk(folder).file(Files.readString(CONF.resolve("processors.xml")));
        talk.fixture.workshop.directory.alias("info@example.org", "zoe@far.example")
            .alias("*@any.example", "ann@example.org");
    }

    @ParameterizedTest @CsvSource({
        "ann@example.org, ok", "Ann@Example.ORG, ok", "ann+list@example.org, ok", "info@example.org, ok",
        "postmaster@example.org, ok", "whoever@any.example, ok", "j\u00f6rg@any.example, ok", "ann@relay.example, ok",
        "nobody@example.org, 550 5.1.1 No such user here", "zoe@far.example, 550 5.7.1 Relaying denied",
        "zoe%far.example@example.org, 550 5.1.1 No such user here",
        "far.example!zoe@example.org, 550 5.1.1 No such user here",
        "zoe@far.example@example.org, 550 5.1.1 No such user here"})
    void aStrangerReachesOurPeopleOnly(String recipient, String answer) {
        assertThat(talk.connect()).isEqualTo("ok");
        assertThat(talk.rcpt(recipient)).isEqualTo(answer);
        assertThat(talk.from(ReversePath.none()).rcpt(recipient)).isEqualTo(answer);
    }

    @ParameterizedTest @CsvSource({
        "ann@example.org, ok", "nobody@example.org, 550 5.1.1 No such user here", "zoe@far.example, ok"})
    void aUserReachesEveryoneButNobodies(String recipient, String answer) {
        assertThat(talk.as(Peer.Greeting.EHLO, "203.0.113.9", "ann@example.org").rcpt(recipient)).isEqualTo(answer);
    }

    @Test void aSenderMayHaveALocalPartInUtf8() {
        assertThat(talk.from(ReversePath.of(TestMail.box("j\u00f6rg@far.example"))).rcpt("ann@example.org"))
            .isEqualTo("ok");
    }

    /** The relay permission of a return path comes from its hash alone, whoever the client is. */
    @Test void aReturnPathOfOursLeadsBackAndAForgedOneNowhere() {
        talk.fixture.workshop.directory.addDomainAlias("example.net", "example.org");
        var path = ((SenderRewriting.Forwarded.As) talk.fixture.workshop.paths().forwarded(
            TestMail.address("amy@far.example"))).sender().asString();
        assertThat(talk.from(ReversePath.none()).rcpt(path)).isEqualTo("ok");
        assertThat(talk.rcpt(path.toLowerCase(Locale.ROOT))).isEqualTo("ok");
        assertThat(talk.rcpt(path.replace("@example.org", "@any.example"))).isEqualTo("ok");
        assertThat(talk.rcpt(path.replace("@example.org", "@example.net"))).isEqualTo("ok");
        assertThat(talk.rcpt(path.replace("@example.org", "@mx.example.org"))).isEqualTo("ok");
        assertThat(talk.rcpt(path.replace("@example.org", "@far.example"))).isEqualTo("550 5.7.1 Relaying denied");
        var forged = path.replace("amy", "eve");
        assertThat(talk.rcpt(forged)).isEqualTo("550 5.7.1 This return path is not ours, or too old");
        assertThat(talk.rcpt(forged.replace("@example.org", "@any.example"))).as("not for the catch-all")
            .isEqualTo("550 5.7.1 This return path is not ours, or too old");
        assertThat(talk.as(Peer.Greeting.EHLO, "203.0.113.9", "ann@example.org").rcpt(forged))
            .isEqualTo("550 5.7.1 This return path is not ours, or too old");
        assertThat(talk.rcpt("srs0-fan@any.example")).as("only looks like one").isEqualTo("ok");
    }

    @Test void aTrustedNetworkReachesEveryone() {
        assertThat(talk.as(Peer.Greeting.EHLO, "198.51.100.200", "").rcpt("zoe@far.example")).isEqualTo("ok");
        assertThat(talk.as(Peer.Greeting.EHLO, "127.0.0.1", "").rcpt("zoe@far.example"))
            .isEqualTo("550 5.7.1 Relaying denied");
    }

    @Test void aMessageIsTaken() {
        talk.rcpt("ann@example.org");
        assertThat(Talk.text(talk.data(TestMail.MESSAGE))).isEqualTo("ann@example.org Pending");
    }

    @Test void theRelayFileIsReadAndTrustsNobody() {
        var problems = new Problems();
        var relay = RelayConfig.read(ConfigFile.read(CONF.resolve("relay.xml"), "relay", problems).orElseThrow());
        assertThat(problems.all()).isEmpty();
        assertThat(relay.isTrusted("127.0.0.1")).isFalse();
    }
}
