package org.posthorn.protocols.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.etrn.EtrnNode;
import org.posthorn.protocols.wire.Reply;

class QueueClientTest {

    private static final String OPEN = """
        S: 220 far.example ESMTP
        C: EHLO me.example
        S: 250-far.example
        S: 250-STARTTLS
        S: 250 ETRN
        """;
    private static final String SECURED = OPEN + """
        C: STARTTLS
        S: 220 Go
        T: ok
        C: EHLO me.example
        S: 250-far.example
        S: 250 AUTH LOGIN PLAIN
        """;

    private DialogueWire wire;

    private QueueClient open(String script, TlsMode tls) {
        wire = new DialogueWire(script);
        var client = new QueueClient(wire, new ClientSettings("me.example", tls, ClientDeadlines.RFC_5321));
        assertThat(client.open()).isEmpty();
        return client;
    }

    @Test void theServersAnswerIsHandedOnWhateverItIs() {
        var client = open(OPEN + """
            C: ETRN branch.example
            S: 253 2.0.0 OK, 4 pending messages for node branch.example started
            C: ETRN @branch.example
            S: 459 4.7.1 Node @branch.example not allowed: no
            C: QUIT
            S: 221 Bye
            """, TlsMode.NEVER);
        assertThat(client.start(new EtrnNode.Exact("branch.example"))).isEqualTo(new QueueClient.Answer.Said(
            Reply.of(253, "2.0.0", "OK, 4 pending messages for node branch.example started")));
        assertThat(client.start(new EtrnNode.Subtree("branch.example")))
            .isInstanceOfSatisfying(QueueClient.Answer.Said.class, said -> assertThat(said.reply().code())
                .isEqualTo(459));
        client.quit();
        wire.assertDone();
    }

    @Test void atrnNamesDomainsOrNoneAndAfterItsAnswerNothingIsRead() {
        var client = open(OPEN + """
            C: ATRN
            S: 453 You have no mail
            C: ATRN branch.example,other.example
            S: 250 OK now reversing the connection
            """, TlsMode.NEVER);
        assertThat(client.turn(List.of())).isEqualTo(new QueueClient.Answer.Said(
            Reply.plain(453, "You have no mail")));
        assertThat(client.turn(List.of("branch.example", "other.example"))).isEqualTo(new QueueClient.Answer.Said(
            Reply.plain(250, "OK now reversing the connection")));
        wire.assertDone();
        assertThat(wire.deadlines()).as("a long queue takes its time").contains(Duration.ofMinutes(10));
    }

    @Test void aServerThatGoesAwaySaidNothing() {
        var client = open(OPEN + "C: ETRN branch.example\nS! close", TlsMode.NEVER);
        assertThat(client.start(new EtrnNode.Exact("branch.example"))).isInstanceOf(QueueClient.Answer.Nothing.class);
    }

    @Test void theAnswerToQuitIsNotWaitedForLong() {
        var client = open(OPEN + "C: QUIT\nS! silence", TlsMode.NEVER);
        client.quit();
        assertThat(wire.deadlines().getLast()).isEqualTo(Duration.ofSeconds(2));
        assertThat(wire.isClosed()).isTrue();
    }

    @Test void thePasswordGoesUnderTlsOnly() {
        assertThat(open(OPEN, TlsMode.NEVER).logIn("ann@x.example", "secret")).hasValueSatisfying(
            trouble -> assertThat(trouble.why()).contains("not sent in the clear"));
        wire.assertDone();
        assertThat(open(SECURED + """
            C: AUTH PLAIN AGFubkB4LmV4YW1wbGUAc2VjcmV0
            S: 235 2.7.0 Fine
            """, TlsMode.OPPORTUNISTIC).logIn("ann@x.example", "secret")).isEmpty();
        wire.assertDone();
    }

    @Test void aLoginThatFailsIsTrouble() {
        for (var said : new String[] {"535 5.7.8 No", "334 more", "454 4.7.0 Later"}) {
            assertThat(open(SECURED + "C: AUTH PLAIN AGFubkB4LmV4YW1wbGUAc2VjcmV0\nS: " + said,
                TlsMode.OPPORTUNISTIC).logIn("ann@x.example", "secret")).get()
                .extracting(Trouble::reply).isNotEqualTo(Optional.empty());
        }
    }
}
