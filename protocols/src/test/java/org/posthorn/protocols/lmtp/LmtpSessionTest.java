package org.posthorn.protocols.lmtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.smtp.RecordingSink;
import org.posthorn.protocols.smtp.SessionEvent;
import org.posthorn.protocols.smtp.SessionSettings;
import org.posthorn.protocols.smtp.Talk;
import org.posthorn.protocols.wire.Limits;
import org.posthorn.protocols.wire.Reply;

/** Where LMTP differs from SMTP (RFC 2033). */
class LmtpSessionTest {

    private static final SessionSettings.Tolerance PATIENT = new SessionSettings.Tolerance(false, true);

    private static final SessionSettings SETTINGS = SessionSettings.smtp("mx.example.org")
        .withDialect(LmtpDialect.LMTP).withTolerance(PATIENT);

    private final Talk talk = new Talk().settings(SETTINGS);

    @Test void onlyLhloGreets() {
        assertThat(talk.lines("EHLO c\nHELO c\nMAIL FROM:<>\nLHLO\nLHLO c\nMAIL FROM:<>\n")).isEqualTo("""
            220 mx.example.org LMTP
            500 5.5.1 EHLO is not a command of LMTP
            500 5.5.1 HELO is not a command of LMTP
            503 5.5.1 Greet first
            501 5.5.4 Expected LHLO and your host name or address literal
            250-mx.example.org
            250-PIPELINING
            250-SIZE 52428800
            250-8BITMIME
            250-SMTPUTF8
            250-CHUNKING
            250-BINARYMIME
            250-ENHANCEDSTATUSCODES
            250-LIMITS RCPTMAX=1000 MAILMAX=1000
            250-DSN
            250-STARTTLS
            250 HELP
            250 2.1.0 Ok
            """);
    }

    @Test void eachAcceptedRecipientGetsItsReplyInOrder() {
        talk.sink().answerWith(envelope -> envelope.recipients().stream()
            .map(r -> r.mailbox().localPart().equals("full") ? Reply.of(452, "4.2.2", "Mailbox full")
                : Reply.of(250, "2.1.5", r.mailbox() + " delivered")).toList());
        assertThat(replies("MAIL FROM:<a@b.example>\r\nRCPT TO:<bob@example.org>\r\nRCPT TO:<no@example.org>\r\n"
            + "RCPT TO:<full@example.org>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n")).isEqualTo("""
            250 2.1.0 Ok
            250 2.1.5 Ok
            550 5.1.1 No such user here
            250 2.1.5 Ok
            250 2.1.5 Ok
            354 End data with <CR><LF>.<CR><LF>
            250 2.1.5 bob@example.org delivered
            452 4.2.2 Mailbox full
            250 2.1.5 bob@example.org delivered
            221 2.0.0 Bye
            """);
    }

    @Test void oneReplyOfTheSinkIsSaidToEach() {
        assertThat(replies(open(2) + "BDAT 3\r\nx\r\nBDAT 0 LAST\r\n")).endsWith("""
            250 2.0.0 3 octets received
            250 2.0.0 kept
            250 2.0.0 kept
            """);
    }

    @Test void theNextTransactionCountsItsOwnRecipients() {
        assertThat(replies(open(2) + "DATA\r\n.\r\n" + open(1) + "DATA\r\n.\r\nNOOP\r\n")).endsWith("""
            250 2.0.0 kept
            250 2.0.0 kept
            250 2.1.0 Ok
            250 2.1.5 Ok
            354 End data with <CR><LF>.<CR><LF>
            250 2.0.0 kept
            250 2.0.0 Ok
            """);
    }

    @Test void dataWithoutRecipientIsOutOfOrder() {
        assertThat(replies("MAIL FROM:<>\r\nRCPT TO:<no@example.org>\r\nDATA\r\nNOOP\r\n")).endsWith(
            "503 5.5.1 RCPT first\n250 2.0.0 Ok\n");
    }

    @Test void aRefusedMessageIsRefusedForEach() {
        talk.settings(SETTINGS.withLimits(Limits.DEFAULT.withMessageSize(5)));
        assertThat(replies(open(2) + "DATA\r\n123456\r\n.\r\nNOOP\r\n")).endsWith("""
            552 5.3.4 The message is larger than this server takes
            552 5.3.4 The message is larger than this server takes
            250 2.0.0 Ok
            """);
        talk.sink().breakAt(RecordingSink.Fault.OPEN);
        assertThat(replies(open(2) + "BDAT 2 LAST\r\n\r\nNOOP\r\n")).endsWith("""
            452 4.3.1 No room
            452 4.3.1 No room
            250 2.0.0 Ok
            """);
    }

    @Test void aSinkThatCountsWronglyIsAFaultOfOurs() {
        talk.sink().answerWith(_ -> List.of(Reply.of(250, "2.0.0", "a"), Reply.of(250, "2.0.0", "b")));
        assertThat(replies(open(3) + "DATA\r\n.\r\n")).endsWith(
            "451 4.3.0 Internal error, try again later\n".repeat(3));
        assertThat(talk.events()).anySatisfy(event -> assertThat(event).isInstanceOf(SessionEvent.Fault.class));
    }

    private static String open(int recipients) {
        return "MAIL FROM:<a@b.example>\r\n" + "RCPT TO:<bob@example.org>\r\n".repeat(recipients);
    }

    /** The greeting may be sent together with what follows. */
    private String replies(String commands) {
        var all = talk.octets("LHLO client.example\r\n" + commands);
        return all.substring(all.indexOf("250 HELP\n") + 9);
    }
}
