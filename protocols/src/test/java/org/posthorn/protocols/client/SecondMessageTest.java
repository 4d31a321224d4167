package org.posthorn.protocols.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Recipient;

/** The second message of a connection: what is said before it, and what its answers mean. */
class SecondMessageTest {

    private static final String PLAIN = """
        S: 220 far.example ESMTP
        C: EHLO me.example
        S: 250 far.example
        """;
    private static final String PIPELINING = """
        S: 220 far.example ESMTP
        C: EHLO me.example
        S: 250-far.example
        S: 250 PIPELINING
        """;

    private DialogueWire wire;
    private SmtpClient client;

    private void open(String script) {
        wire = new DialogueWire(script);
        client = new SmtpClient(wire, new ClientSettings("me.example", TlsMode.NEVER, ClientDeadlines.RFC_5321));
        assertThat(client.open()).isEmpty();
    }

    private List<String> send(String user) throws IOException {
        return client.send(new Envelope(ReversePath.of(new Mailbox("ann", "me.example")), MailParameters.NONE,
            List.of(Recipient.of(new Mailbox(user, "far.example")))),
            SmtpClientTest.content("Subject: x\r\n\r\nHello\r\n")).stream().map(SmtpClientTest::text).toList();
    }

    @Test void aTransactionThatWasNotFinishedIsResetBeforeTheNext() throws IOException {
        open(PLAIN + """
            C: MAIL FROM:<ann@me.example>
            S: 250 Ok
            C: RCPT TO:<bob@far.example>
            S: 450 4.2.1 Later
            C: RSET
            S: 250 Ok
            C: MAIL FROM:<ann@me.example>
            S: 250 Ok
            C: RCPT TO:<bob@far.example>
            S: 451 4.2.1 Later again
            """);
        assertThat(send("bob")).containsExactly("deferred RCPT 450 4.2.1 Later");
        assertThat(client.isUsable()).isTrue();
        assertThat(send("bob")).containsExactly("deferred RCPT 451 4.2.1 Later again");
        wire.assertDone();
    }

    @ParameterizedTest
    @ValueSource(strings = {"S: 550 5.1.1 Nobody\nS: 503 No recipients", "S: 250 Ok\nS: 451 4.3.0 No text",
        "S: 250 Ok\nS: 354 Go on\nC: Subject: x\nC:\nC: Hello\nC: .\nS: 554 5.6.0 No"})
    void whereCommandsMayTravelTogetherResetDoesToo(String end) throws IOException {
        open(PIPELINING + """
            C: MAIL FROM:<ann@me.example>
            C: RCPT TO:<bob@far.example>
            C: DATA
            S: 250 Ok
            """ + end + """

            C: RSET
            C: MAIL FROM:<ann@me.example>
            C: RCPT TO:<bob@far.example>
            C: DATA
            S: 250 Forgotten
            S: 250 Ok
            S: 250 Ok
            S: 354 Go on
            C: Subject: x
            C:
            C: Hello
            C: .
            S: 250 Ok
            """);
        send("bob");
        assertThat(send("bob")).containsExactly("accepted 250 Ok");
        wire.assertDone();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"502 5.5.1 What? | deferred MAIL RSET was answered 502 5.5.1 What?",
        "451 4.3.0 Later | deferred MAIL 451 4.3.0 Later", "421 4.3.2 Bye | deferred MAIL 421 4.3.2 Bye"})
    void noTextGoesToAServerThatDoesNotForget(String reset, String result) throws IOException {
        open(PIPELINING + """
            C: MAIL FROM:<ann@me.example>
            C: RCPT TO:<bob@far.example>
            C: DATA
            S: 250 Ok
            S: 550 5.1.1 Nobody
            S: 503 No recipients
            C: RSET
            C: MAIL FROM:<ann@me.example>
            C: RCPT TO:<bob@far.example>
            C: DATA
            """ + "S: " + reset);
        send("bob");
        assertThat(send("bob")).containsExactly(result);
        assertThat(client.isUsable()).isFalse();
        assertThat(wire.isClosed()).isTrue();
        wire.assertDone();
    }

    @Test void afterIdlingTheFirstAnswerIsNotWaitedForLong() throws IOException {
        open(PIPELINING + """
            C: MAIL FROM:<ann@me.example>
            C: RCPT TO:<bob@far.example>
            C: DATA
            S: 250 Ok
            S: 250 Ok
            S: 354 Go on
            C: Subject: x
            C:
            C: Hello
            C: .
            S: 250 Ok
            C: MAIL FROM:<ann@me.example>
            C: RCPT TO:<bob@far.example>
            C: DATA
            S: 250 Ok
            S! silence
            """);
        send("bob");
        assertThat(client.resume(Duration.ofSeconds(3))).isTrue();
        var before = wire.deadlines().size();
        assertThat(send("bob")).singleElement().asString().startsWith("deferred RCPT");
        assertThat(wire.deadlines().subList(before, wire.deadlines().size())).contains(Duration.ofSeconds(3));
        assertThat(wire.deadlines().getLast()).as("the second one is").isEqualTo(ClientDeadlines.RFC_5321.rcpt());
    }
}
