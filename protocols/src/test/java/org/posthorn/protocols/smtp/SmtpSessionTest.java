package org.posthorn.protocols.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The commands of RFC 5321 and their order, as a client sees them. */
class SmtpSessionTest {

    private final Talk talk = new Talk();

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

    @Test void dataBeforeRcptIsRefused() {
        assertThat(talk.lines("""
            HELO client.example
            MAIL FROM:<ann@client.example>
            DATA
            """)).isEqualTo("""
            220 mx.example.org ESMTP
            250 mx.example.org
            250 2.1.0 Ok
            503 5.5.1 RCPT first
            """);
    }
}
