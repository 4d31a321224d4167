package org.posthorn.protocols.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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

    private List<RecipientResult> send(String script) throws IOException {
        wire = new DialogueWire(script);
        var client = new LmtpClient(wire, new ClientSettings("me.example", TlsMode.NEVER, ClientDeadlines.RFC_5321));
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
}
