package org.posthorn.protocols.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Recipient;

class LmtpClientTest {

    private static final String START = """
        S: 220 store.example LMTP
        C: LHLO me.example
        S: 250-store.example
        S: 250 PIPELINING
        C: MAIL FROM:<>
        C: RCPT TO:<a@x.example>
        C: RCPT TO:<b@x.example>
        C: RCPT TO:<c@x.example>
        C: DATA
        S: 250 Ok
        S: 250 Ok
        S: 550 5.1.1 No b
        S: 250 Ok
        S: 354 Go on
        C: x
        C: .
        """;

    private DialogueWire wire;

    private LmtpClient client;

    private List<RecipientResult> send(String script) throws IOException {
        wire = new DialogueWire(script);
        client = new LmtpClient(wire, new ClientSettings("me.example", TlsMode.NEVER, ClientDeadlines.RFC_5321));
        assertThat(client.open()).isEmpty();
        var recipients = Stream.of("a", "b", "c").map(user -> Recipient.of(new Mailbox(user, "x.example"))).toList();
        return client.send(new Envelope(ReversePath.none(), MailParameters.NONE, recipients),
            SmtpClientTest.content("x\r\n"));
    }

    @Test void eachAcceptedRecipientHasItsOwnReply() throws IOException {
        assertThat(send(START + "S: 250 2.1.5 a has it\nS: 452 4.2.2 c is full")).satisfiesExactly(
            a -> assertThat(a).isInstanceOf(RecipientResult.Accepted.class),
            b -> assertThat(b.toString()).contains("No b"),
            c -> assertThat(c.toString()).contains("c is full"));
        wire.assertDone();
    }

    @Test void aConnectionLostAmongTheRepliesLeavesTheRestOpen() throws IOException {
        assertThat(send(START + "S: 250 2.1.5 a has it\nS! close")).satisfiesExactly(
            a -> assertThat(a).isInstanceOf(RecipientResult.Accepted.class),
            b -> assertThat(b).isInstanceOf(RecipientResult.NotAccepted.class),
            c -> assertThat(((RecipientResult.NotAccepted) c).trouble().isPermanent()).isFalse());
        wire.assertDone();
    }

    @Test void thereIsNoHelo() {
        wire = new DialogueWire("S: 220 hi\nC: LHLO me.example\nS: 500 What?");
        var client = new LmtpClient(wire, new ClientSettings("me.example", TlsMode.NEVER, ClientDeadlines.RFC_5321));
        assertThat(client.open()).isPresent();
        wire.assertDone();
    }

    @Test void repliesOfManyLinesCountOnce() throws IOException {
        assertThat(send(START + "S: 250-2.1.5 a\nS: 250 2.1.5 has it\nS: 550-5.2.1 c\nS: 550 5.2.1 is closed"))
            .satisfiesExactly(
                a -> assertThat(a).isInstanceOf(RecipientResult.Accepted.class),
                b -> assertThat(b.toString()).contains("No b"),
                c -> assertThat(((RecipientResult.NotAccepted) c).trouble().isPermanent()).isTrue());
        wire.assertDone();
    }

    @Test void aServerThatClosesAmongTheRepliesSettlesWhatItSaid() throws IOException {
        assertThat(send(START + "S: 250 2.1.5 a has it\nS: 421 4.3.2 Shutting down")).satisfiesExactly(
            a -> assertThat(a).isInstanceOf(RecipientResult.Accepted.class),
            b -> assertThat(b).isInstanceOf(RecipientResult.NotAccepted.class),
            c -> assertThat(c.toString()).contains("Shutting down"));
        assertThat(client.isUsable()).isFalse();
    }

    @Test void whenNobodyIsTakenNothingIsSentAndNoReplyAwaited() throws IOException {
        assertThat(send(START.replace("S: 250 Ok\nS: 250 Ok\nS: 550 5.1.1 No b\nS: 250 Ok",
                "S: 250 Ok\nS: 550 5.1.1 No a\nS: 550 5.1.1 No b\nS: 450 4.2.1 c later")
            .replace("S: 354 Go on\nC: x\nC: .\n", "S: 503 No recipients\n")))
            .allMatch(RecipientResult.NotAccepted.class::isInstance);
        assertThat(client.isUsable()).isTrue();
        wire.assertDone();
    }

    /** Also after a text that was taken: some stores would send the next one to its recipients too. */
    @Test void theNextMessageBeginsWithReset() throws IOException {
        send(START + """
            S: 250 2.1.5 a has it
            S: 250 2.1.5 c has it
            C: RSET
            C: MAIL FROM:<>
            C: RCPT TO:<d@x.example>
            C: DATA
            S: 250 2.0.0 Forgotten
            S: 250 Ok
            S: 250 Ok
            S: 354 Go on
            C: y
            C: .
            S: 250 2.1.5 d has it
            """);
        assertThat(client.resume(Duration.ofSeconds(1))).isTrue();
        assertThat(sendToD()).singleElement().isInstanceOf(RecipientResult.Accepted.class);
        assertThat(client.transactions()).isEqualTo(2);
        wire.assertDone();
    }

    private List<RecipientResult> sendToD() throws IOException {
        return client.send(new Envelope(ReversePath.none(), MailParameters.NONE,
            List.of(Recipient.of(new Mailbox("d", "x.example")))), SmtpClientTest.content("y\r\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"S! close", "S! silence", "S: 421 4.4.2 Disconnected for inactivity", "S: 500 What?",
        "S: Hello"})
    void aServerThatIsGoneIsNoticedBeforeTheText(String answer) throws IOException {
        send(START + "S: 250 2.1.5 a has it\nS: 250 2.1.5 c has it\nC: RSET\nC: MAIL FROM:<>\n"
            + "C: RCPT TO:<d@x.example>\nC: DATA\n" + answer);
        assertThat(client.resume(Duration.ofSeconds(1))).isTrue();
        assertThat(sendToD()).singleElement().isInstanceOfSatisfying(RecipientResult.NotAccepted.class, result -> {
            assertThat(result.trouble().stage()).isEqualTo(Trouble.Stage.MAIL);
            assertThat(result.trouble().isPermanent()).isFalse();
        });
        assertThat(client.isUsable()).isFalse();
        assertThat(wire.deadlines()).contains(Duration.ofSeconds(1));
        wire.assertDone();
    }

    @Test void whoSaidSomethingUnaskedIsNotAskedAgain() throws IOException {
        send(START + "S: 250 2.1.5 a has it\nS: 250 2.1.5 c has it");
        wire.sayUnasked();
        assertThat(client.resume(Duration.ofSeconds(1))).isFalse();
        assertThat(wire.isClosed()).isTrue();
    }
}
