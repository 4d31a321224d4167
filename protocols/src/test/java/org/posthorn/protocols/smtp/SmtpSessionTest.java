package org.posthorn.protocols.smtp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.net.MemoryWire;
import org.posthorn.protocols.wire.Reply;

/** The commands of RFC 5321 and their order, as a client sees them. */
class SmtpSessionTest {

    private static final SessionSettings.Tolerance PATIENT = new SessionSettings.Tolerance(false, true);

    private final Talk talk = new Talk();

    @Test void aRefusedCommandIsReportedAsPeopleReadIt() {
        talk.lines("EXPN \u9673\n");
        assertThat(talk.events()).filteredOn(SessionEvent.CommandRefused.class::isInstance).singleElement()
            .extracting("command").isEqualTo("EXPN \u9673");
    }

    @Test void aMessageIsKeptBeforeItIsAcknowledged() {
        assertThat(talk.lines("""
            EHLO client.example
            MAIL FROM:<ann@client.example>
            RCPT TO:<bob@example.org>
            DATA
            Subject: hello

            ..stuffed
            .
            QUIT
            """)).isEqualTo("""
            220 mx.example.org ESMTP
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
            250-DELIVERBY
            250-STARTTLS
            250 HELP
            250 2.1.0 Ok
            250 2.1.5 Ok
            354 End data with <CR><LF>.<CR><LF>
            250 2.0.0 kept
            221 2.0.0 Bye
            """);
        assertThat(talk.sink().kept()).singleElement().satisfies(kept -> {
            assertThat(kept.text()).isEqualTo("Subject: hello\r\n\r\n.stuffed\r\n");
            assertThat(kept.envelope().sender()).hasToString("ann@client.example");
            assertThat(kept.envelope().recipients()).extracting(r -> r.mailbox().toString())
                .containsExactly("bob@example.org");
            assertThat(kept.peer().protocol(false)).isEqualTo("ESMTP");
            assertThat(kept.peer().helo()).isEqualTo("client.example");
        });
        assertThat(talk.reason()).isEqualTo(SessionEvent.Reason.QUIT);
    }

    @Test void commandsOutOfOrderAreRefused() {
        assertThat(talk.lines("""
            MAIL FROM:<ann@client.example>
            RCPT TO:<bob@example.org>
            DATA
            HELO client.example
            RCPT TO:<bob@example.org>
            MAIL FROM:<ann@client.example>
            MAIL FROM:<ann@client.example>
            DATA
            RSET
            RCPT TO:<bob@example.org>
            """)).isEqualTo("""
            220 mx.example.org ESMTP
            503 5.5.1 Greet first
            503 5.5.1 MAIL first
            503 5.5.1 MAIL first
            250 mx.example.org
            503 5.5.1 MAIL first
            250 2.1.0 Ok
            503 5.5.1 A sender is given already
            503 5.5.1 RCPT first
            250 2.0.0 Ok
            503 5.5.1 MAIL first
            """);
        assertThat(talk.reason()).isEqualTo(SessionEvent.Reason.PEER_GONE);
    }

    @Test void commandsThatBringNoMailAreAnswered() {
        assertThat(talk.lines("""
            noop
            NOOP with text
            VRFY bob
            VRFY
            EXPN list
            HELP
            HELP MAIL
            RSET
            RSET now
            TURN
            LHLO client.example

            Quit
            """)).isEqualTo("""
            220 mx.example.org ESMTP
            250 2.0.0 Ok
            250 2.0.0 Ok
            252 2.0.0 Cannot verify, send mail and see
            501 5.5.4 Expected an address or a name
            502 5.5.1 Command not implemented
            214 2.0.0 See RFC 5321
            214 2.0.0 See RFC 5321
            250 2.0.0 Ok
            501 5.5.4 This command takes no argument
            500 5.5.2 Unknown command
            500 5.5.1 LHLO is not a command of ESMTP
            500 5.5.2 Unknown command
            221 2.0.0 Bye
            """);
    }

    /** RFC 5321 section 4.1.4: what a client calls itself is no reason to refuse its mail. */
    @Test void aGreetingNeedsAnyName() {
        assertThat(talk.lines("""
            EHLO
            HELO two words
            HELO (comment)
            HELO client_7.example
            HELO [192.0.2.1]
            HELO [IPv6:2001:db8::1]
            HELO %%%%%%%%%%%%
            HELO a\tb
            """)).isEqualTo("""
            220 mx.example.org ESMTP
            501 5.5.4 Expected EHLO and your host name or address literal
            """ + "250 mx.example.org\n".repeat(6) + """
            501 5.5.4 Expected HELO and your host name or address literal
            """);
    }

    @Test void aSecondGreetingForgetsTheTransaction() {
        assertThat(talk.lines("""
            HELO client.example
            MAIL FROM:<ann@client.example>
            RCPT TO:<bob@example.org>
            HELO client.example
            DATA
            """)).endsWith("""
            250 2.1.5 Ok
            250 mx.example.org
            503 5.5.1 MAIL first
            """);
        assertThat(talk.policy().resets()).isEqualTo(1);
    }

    @Test void thePolicyAnswersForRecipients() {
        assertThat(talk.lines("""
            HELO client.example
            MAIL FROM:<>
            RCPT TO:<no@example.org>
            RCPT TO:<later@example.org>
            RCPT TO:<Postmaster>
            RCPT TO:<bob@example.org>
            RCPT TO:<bob@example.org>
            DATA
            .
            MAIL FROM:<>
            RCPT TO:<out@example.org>
            QUIT
            """)).endsWith("""
            250 2.1.0 Ok
            550 5.1.1 No such user here
            451 4.4.3 DNS is down
            250 2.1.5 Ok
            250 2.1.5 Ok
            250 2.1.5 Ok
            354 End data with <CR><LF>.<CR><LF>
            250 2.0.0 kept
            250 2.1.0 Ok
            421 4.7.1 Go away
            """);
        assertThat(talk.sink().kept()).singleElement().satisfies(kept -> {
            assertThat(kept.envelope().sender().isNull()).isTrue();
            assertThat(kept.envelope().recipients()).extracting(r -> r.mailbox().toString())
                .containsExactly("Postmaster@mx.example.org", "bob@example.org", "bob@example.org");
            assertThat(kept.text()).isEmpty();
        });
        assertThat(talk.reason()).isEqualTo(SessionEvent.Reason.DISCONNECTED);
    }

    @Test void aRefusedConnectionIsServedNothingButQuit() {
        talk.policy().atConnect(new Verdict.Refuse(Reply.of(550, "5.7.1", "You are listed")));
        assertThat(talk.lines("""
            EHLO client.example
            NOOP
            QUIT
            """)).isEqualTo("""
            554 5.7.1 You are listed
            503 5.5.1 The connection was refused: only QUIT
            503 5.5.1 The connection was refused: only QUIT
            221 2.0.0 Bye
            """);
    }

    @Test void aConnectionThatIsNotWelcomeNowIsClosed() {
        talk.policy().atConnect(new Verdict.Refuse(Reply.of(450, "4.7.1", "Come again")));
        assertThat(talk.lines("QUIT\n")).isEqualTo("421 4.7.1 Come again\n");
        talk.policy().atConnect(new Verdict.Disconnect(Reply.of(554, "5.7.1", "Go away")));
        assertThat(talk.lines("QUIT\n")).isEqualTo("554 5.7.1 Go away\n");
    }

    @Test void repliesToAPipelinedGroupLeaveTogether() {
        var wire = new MemoryWire(List.of("EHLO client.example\r\n".getBytes(US_ASCII),
            ("MAIL FROM:<ann@client.example>\r\nRCPT TO:<bob@example.org>\r\n"
            + "RCPT TO:<no@example.org>\r\nDATA\r\n").getBytes(US_ASCII),
            "text\r\n.\r\nQUIT\r\n".getBytes(US_ASCII)));
        talk.over(wire);
        assertThat(wire.sent()).endsWith("""
            250 2.1.0 Ok
            250 2.1.5 Ok
            550 5.1.1 No such user here
            354 End data with <CR><LF>.<CR><LF>
            250 2.0.0 kept
            221 2.0.0 Bye
            """);
        assertThat(wire.flushes()).as("banner, EHLO, group, end of data, QUIT").hasSize(5);
        assertThat(wire.isClosed()).isTrue();
    }

    @Test void aClientThatTalksBeforeTheBannerIsLeft() {
        var wire = MemoryWire.ofOctets("EHLO client.example\r\n").talksFirst();
        assertThat(talk.over(wire)).isEqualTo("554 5.5.0 You sent on without waiting for the reply\n");
        assertThat(talk.reason()).isEqualTo(SessionEvent.Reason.DISCONNECTED);
    }

    @Test void aClientThatDoesNotWaitForEhloOrDataIsLeft() {
        var ehlo = "EHLO client.example\r\nMAIL FROM:<ann@client.example>\r\n";
        assertThat(talk.octets(ehlo)).isEqualTo("""
            220 mx.example.org ESMTP
            554 5.5.0 You sent on without waiting for the reply
            """);
        assertThat(talk.over(new MemoryWire(List.of("HELO c\r\n".getBytes(US_ASCII),
            ("MAIL FROM:<>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\nsmuggled\r\n.\r\n").getBytes(US_ASCII)))))
            .endsWith("554 5.5.0 You sent on without waiting for the reply\n");
        assertThat(talk.sink().kept()).isEmpty();
    }

    @Test void aPatientServerTakesThatToo() {
        talk.settings(SessionSettings.smtp("mx.example.org").withTolerance(PATIENT));
        assertThat(talk.octets("HELO c\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\ntext\r\n.\r\n"
            + "QUIT\r\n"))
            .endsWith("250 2.0.0 kept\n221 2.0.0 Bye\n");
    }

    @Test void aSilentClientIsToldWhyItIsLeft() {
        assertThat(talk.over(new MemoryWire(List.of("HELO c\r\n".getBytes(US_ASCII), MemoryWire.SILENCE))))
            .endsWith("250 mx.example.org\n421 4.4.2 Timeout, closing the connection\n");
        assertThat(talk.reason()).isEqualTo(SessionEvent.Reason.TIMEOUT);
    }

    @Test void aClientThatVanishesInsideAMessageLeavesNothing() {
        talk.lines("""
            HELO client.example
            MAIL FROM:<ann@client.example>
            RCPT TO:<bob@example.org>
            DATA
            half a
            """);
        assertThat(talk.sink().kept()).isEmpty();
        assertThat(talk.sink().open()).isZero();
        assertThat(talk.policy().resets()).isEqualTo(1);
        assertThat(talk.reason()).isEqualTo(SessionEvent.Reason.PEER_GONE);
    }

    @Test void eachTransactionBeginsAfresh() {
        talk.lines("""
            HELO client.example
            MAIL FROM:<ann@client.example>
            RCPT TO:<bob@example.org>
            DATA
            one
            .
            MAIL FROM:<cid@client.example>
            RCPT TO:<dan@example.org>
            DATA
            two
            .
            """);
        assertThat(talk.sink().kept()).extracting(kept -> kept.envelope().sender() + " " + kept.envelope().recipients()
            .getFirst().mailbox() + " " + kept.text()).containsExactly(
                "ann@client.example bob@example.org one\r\n", "cid@client.example dan@example.org two\r\n");
        assertThat(talk.policy().resets()).isEqualTo(2);
    }

    @Test void whatIsSwitchedOffIsNeitherOfferedNorKnown() {
        talk.settings(SessionSettings.smtp("mx.example.org").without(Extension.values()));
        assertThat(talk.lines("""
            EHLO client.example
            STARTTLS
            AUTH PLAIN
            MAIL FROM:<ann@client.example> SIZE=10
            MAIL FROM:<ann@client.example> BODY=8BITMIME
            MAIL FROM:<ann@client.example>
            RCPT TO:<bob@example.org> NOTIFY=NEVER
            BDAT 5 LAST
            12345
            """)).isEqualTo("""
            220 mx.example.org ESMTP
            250 mx.example.org
            502 Command not implemented
            502 Command not implemented
            555 Unknown parameter SIZE
            555 Unknown parameter BODY
            250 Ok
            555 Unknown parameter NOTIFY
            502 Command not implemented
            """);
    }
}
