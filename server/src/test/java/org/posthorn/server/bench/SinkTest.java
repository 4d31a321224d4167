package org.posthorn.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SinkTest {

    private final Tally tally = new Tally("t-relay-1", 3);
    private Sink sink;

    @BeforeEach void open() throws IOException {
        sink = Sink.open(0);
        sink.expect(tally);
    }

    @AfterEach void close() throws IOException {
        sink.close();
    }

    /** All that it says until it closes. */
    private String talk(String said) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), sink.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(said.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)).lines()
                .collect(Collectors.joining("\n"));
        }
    }

    @Test void aMessageCountsByItsIdHoweverManyRecipientsItHas() throws IOException {
        assertThat(talk("""
            EHLO mx.test
            MAIL FROM:<a@b.test>
            RCPT TO:<c@d.test>
            RCPT TO:<e@d.test>
            DATA
            Subject: one
            X-Bench-Id: t-relay-1-2

            X-Bench-Id: t-relay-1-0
            ..
            .
            RSET
            VRFY c
            QUIT
            """)).endsWith("""
            250 PIPELINING
            250 2.1.0 ok
            250 2.1.5 ok
            250 2.1.5 ok
            354 go on
            250 2.0.0 taken
            250 ok
            502 5.5.1 unknown here
            221 2.0.0 bye""");
        assertThat(tally.copies()).isEqualTo(1);
        tally.saw("X-Bench-Id: t-relay-1-2", Instant.now());
        assertThat(tally.doubled()).as("the one that had come was number 2").containsExactly(2);
    }

    @Test void byLmtpEachRecipientIsAnswered() throws IOException {
        var message = "MAIL FROM:<>\nRCPT TO:<c@d.test>\nRCPT TO:<e@d.test>\nDATA\nX-Bench-Id: t-relay-1-1\n.\n";
        assertThat(talk("LHLO mx.test\n" + message + message)).containsOnlyOnce("PIPELINING")
            .contains("354 go on\n250 2.0.0 taken\n250 2.0.0 taken\n250 2.1.0 ok")
            .endsWith("354 go on\n250 2.0.0 taken\n250 2.0.0 taken");
        assertThat(tally.copies()).isEqualTo(2);
        assertThat(tally.doubled()).containsExactly(1);
    }

    @Test void whatIsCutShortOrOfAnotherRunDoesNotCount() throws IOException {
        talk("EHLO mx.test\nDATA\nX-Bench-Id: t-relay-1-1\nhalf");
        for (var id : new String[] {"t-relay-2-1", "t-relay-1-3", "t-relay-1-", "t-relay-1-x", "t-relay-1--1"}) {
            assertThat(talk("EHLO mx.test\nDATA\nX-Bench-Id: " + id + "\n.\nQUIT\n")).contains("taken");
        }
        assertThat(tally.copies()).isZero();
        assertThat(tally.last()).isEmpty();
    }
}
