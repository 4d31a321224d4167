package org.posthorn.protocols.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.net.MemoryWire;
import org.posthorn.protocols.sasl.FixedUser;
import org.posthorn.protocols.sasl.Mechanisms;

/** AUTH (RFC 4954) and who may send. AGFubgBwZW5jaWw= is NUL ann NUL pencil. */
class AuthTest {

    private final FixedUser user = new FixedUser();
    private final Talk talk = new Talk().mechanisms(Mechanisms.of(user, new Random(4954)));

    @Test void theUserIsKnownFromThenOn() {
        assertThat(replies("""
            AUTH PLAIN AGFubgBwZW5jaWw=
            AUTH PLAIN AGFubgBwZW5jaWw=
            MAIL FROM:<ann@example.org>
            RCPT TO:<bob@example.org>
            DATA
            .
            """)).isEqualTo("""
            235 2.7.0 Authentication succeeded
            503 5.5.1 Authenticated already
            250 2.1.0 Ok
            250 2.1.5 Ok
            354 End data with <CR><LF>.<CR><LF>
            250 2.0.0 kept
            """);
        var peer = talk.sink().kept().getFirst().peer();
        assertThat(peer.user()).isEqualTo("ann@example.org");
        assertThat(peer.protocol(false)).isEqualTo("ESMTPSA");
        assertThat(talk.events()).contains(new SessionEvent.Authenticated("PLAIN", "ann@example.org"));
    }

    @Test void withoutInitialResponseTheServerAsks() {
        assertThat(replies("AUTH PLAIN\nAGFubgBwZW5jaWw=\n")).isEqualTo(
            "334 \n235 2.7.0 Authentication succeeded\n");
        assertThat(replies("auth login\nYW5u\ncGVuY2ls\n")).isEqualTo(
            "334 VXNlcm5hbWU6\n334 UGFzc3dvcmQ6\n235 2.7.0 Authentication succeeded\n");
        assertThat(replies("AUTH LOGIN YW5u\ncGVuY2ls\n")).isEqualTo(
            "334 UGFzc3dvcmQ6\n235 2.7.0 Authentication succeeded\n");
    }

    @Test void whatGoesWrongHasItsOwnReply() {
        assertThat(replies("""
            AUTH CRAM-MD5
            AUTH PLAIN
            *
            AUTH PLAIN !!!
            NOOP
            """)).isEqualTo("""
            504 5.5.4 Mechanism not offered
            334\s
            501 5.7.0 Authentication cancelled
            501 5.5.2 Expected base64
            250 2.0.0 Ok
            """);
        assertThat(replies("AUTH PLAIN =\n")).as("an empty initial response").isEqualTo(
            "501 5.5.2 Malformed authentication response\n");
        user.breakDown("database down");
        assertThat(replies("AUTH PLAIN AGFubgBwZW5jaWw=\n")).isEqualTo(
            "454 4.7.0 Authentication is not possible now, try again later\n");
    }

    @Test void failuresAreCounted() {
        assertThat(replies("AUTH PLAIN AGFubgB4\n".repeat(4) + "NOOP\n")).isEqualTo("""
            535 5.7.8 Authentication credentials invalid
            535 5.7.8 Authentication credentials invalid
            535 5.7.8 Authentication credentials invalid
            421 4.7.0 Too many failed logins, closing the connection
            """);
        assertThat(talk.events()).noneSatisfy(event -> assertThat(event.toString()).contains("AGFubgB4"));
    }

    @Test void aResponseMayNotBeLongerThanAllowed() {
        assertThat(replies("AUTH PLAIN\n" + "A".repeat(12_288 - 2) + "\nNOOP\n")).startsWith("334 \n501");
        assertThat(replies("AUTH PLAIN\n" + "A".repeat(12_288) + "\nNOOP\n")).isEqualTo(
            "334 \n500 5.5.6 Line too long\n250 2.0.0 Ok\n");
    }

    @Test void notDuringATransaction() {
        assertThat(replies("MAIL FROM:<>\nAUTH PLAIN AGFubgBwZW5jaWw=\n")).endsWith(
            "503 5.5.1 Not during a mail transaction\n");
    }

    @Test void inTheClearItIsNeitherOfferedNorTaken() {
        assertThat(talk.lines("EHLO c\nAUTH PLAIN AGFubgBwZW5jaWw=\n")).doesNotContain("AUTH PLAIN")
            .endsWith("538 5.7.11 Encryption required: STARTTLS first\n");
        talk.settings(SessionSettings.smtp("mx.example.org")
            .withAccess(new SessionSettings.Access(false, false, true)));
        assertThat(talk.lines("EHLO c\nAUTH PLAIN AGFubgBwZW5jaWw=\n")).contains("250-AUTH SCRAM-SHA-256 PLAIN LOGIN\n")
            .endsWith("235 2.7.0 Authentication succeeded\n");
    }

    @Test void submissionNeedsTlsAndThenAuth() {
        talk.settings(SessionSettings.submission("mx.example.org"));
        assertThat(talk.lines("""
            EHLO c
            MAIL FROM:<>
            STARTTLS
            MAIL FROM:<>
            EHLO c
            STARTTLS
            MAIL FROM:<>
            AUTH PLAIN AGFubgBwZW5jaWw=
            MAIL FROM:<>
            """).lines().filter(line -> !line.startsWith("250-"))).containsExactly(
            "220 mx.example.org ESMTP",
            "250 HELP",
            "530 5.7.0 STARTTLS first",
            "220 2.0.0 Ready to start TLS",
            "503 5.5.1 Greet first",
            "250 HELP",
            "503 5.5.1 TLS is up already",
            "530 5.7.0 Authentication required",
            "235 2.7.0 Authentication succeeded",
            "250 2.1.0 Ok");
        assertThat(talk.events()).anySatisfy(event -> assertThat(event).isInstanceOf(SessionEvent.TlsStarted.class));
    }

    @Test void whatWasSentInTheClearBehindStartTlsIsNoCommand() {
        assertThat(talk.over(MemoryWire.ofOctets("STARTTLS\r\nMAIL FROM:<>\r\nQUIT\r\n"))).isEqualTo(
            "220 mx.example.org ESMTP\n220 2.0.0 Ready to start TLS\n");
        assertThat(talk.reason()).isEqualTo(SessionEvent.Reason.PEER_GONE);
        assertThat(talk.events()).contains(new SessionEvent.TlsFailed("this is no hello"));
    }

    /** The replies after those to the greeting, under TLS. */
    private String replies(String commands) {
        var all = talk.secured().lines("EHLO client.example\n" + commands);
        return all.substring(all.indexOf("250 HELP\n") + 9);
    }
}
