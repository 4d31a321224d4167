package org.posthorn.protocols.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.net.MemoryWire;
import org.posthorn.protocols.wire.Limits;

/** Each limit at its border. */
class LimitsTest {

    private static final String OPEN = "HELO c\nMAIL FROM:<ann@client.example>\nRCPT TO:<bob@example.org>\n";

    private final Talk talk = new Talk();

    @Test void aMessageMayHaveExactlyTheOctetsAllowed() {
        limits(Limits.DEFAULT.withMessageSize(10));
        assertThat(talk.lines(OPEN + "DATA\n12345678\n.\n")).endsWith("250 2.0.0 kept\n");
        assertThat(talk.lines(OPEN + "DATA\n123456789\n.\nNOOP\n")).endsWith(
            "552 5.3.4 The message is larger than this server takes\n250 2.0.0 Ok\n");
        assertThat(talk.sink().kept()).hasSize(1);
        assertThat(talk.sink().open()).isZero();
    }

    @Test void stuffedDotsDoNotCount() {
        limits(Limits.DEFAULT.withMessageSize(3));
        assertThat(talk.lines(OPEN + "DATA\n..\n.\n")).endsWith("250 2.0.0 kept\n");
    }

    @Test void aMessageDeclaredTooBigIsRefusedAtMail() {
        limits(Limits.DEFAULT.withMessageSize(10));
        assertThat(talk.lines("EHLO c\nMAIL FROM:<> SIZE=11\nMAIL FROM:<> SIZE=99999999999999999999\n"
            + "MAIL FROM:<> SIZE=10\n")).contains("250-SIZE 10\n").endsWith("""
            552 5.3.4 The message is larger than this server takes
            552 5.3.4 The message is larger than this server takes
            250 2.1.0 Ok
            """);
    }

    @Test void aLineOfTextMayHaveExactlyTheOctetsAllowed() {
        limits(Limits.DEFAULT.withTextLine(1000));
        assertThat(talk.lines(OPEN + "DATA\n" + "x".repeat(998) + "\n.\n")).endsWith("250 2.0.0 kept\n");
        assertThat(talk.lines(OPEN + "DATA\n" + "x".repeat(999) + "\n.\n")).endsWith(
            "554 5.6.0 The message holds a line of more than 1000 octets\n");
    }

    @Test void recipientsOverTheLimitAreToldToComeLater() {
        limits(Limits.DEFAULT.withRecipients(2));
        assertThat(talk.lines(OPEN + "RCPT TO:<no@example.org>\nRCPT TO:<cid@example.org>\nRCPT TO:<dan@example.org>\n"
            + "DATA\n.\n")).endsWith("""
            250 2.1.5 Ok
            550 5.1.1 No such user here
            250 2.1.5 Ok
            452 4.5.3 Too many recipients, send the rest later
            354 End data with <CR><LF>.<CR><LF>
            250 2.0.0 kept
            """);
        assertThat(talk.sink().kept().getFirst().envelope().recipients()).hasSize(2);
    }

    @Test void errorsOverTheLimitEndTheSession() {
        limits(Limits.DEFAULT.withSessionCounts(10, 2, 10, 3));
        assertThat(talk.lines("X\nX\nX\nX\n")).isEqualTo("""
            220 mx.example.org ESMTP
            500 5.5.2 Unknown command
            500 5.5.2 Unknown command
            421 4.7.0 Too many errors, closing the connection
            """);
        assertThat(talk.reason()).isEqualTo(SessionEvent.Reason.DISCONNECTED);
    }

    @Test void refusedRecipientsAreNoErrors() {
        limits(Limits.DEFAULT.withSessionCounts(10, 1, 10, 3));
        assertThat(talk.lines(OPEN + "RCPT TO:<no@example.org>\n".repeat(5) + "NOOP\n")).endsWith("250 2.0.0 Ok\n");
    }

    @Test void commandsThatBringNoMailAreCounted() {
        limits(Limits.DEFAULT.withSessionCounts(10, 10, 3, 3));
        assertThat(talk.lines("HELO c\nNOOP\nVRFY x\nRSET\nNOOP\n")).endsWith(
            "252 2.0.0 Cannot verify, send mail and see\n421 4.7.0 Too many commands without mail, closing\n");
        assertThat(talk.lines(OPEN + "DATA\n.\nNOOP\nNOOP\nRSET\n")).as("a message begins the count anew")
            .endsWith("250 2.0.0 Ok\n250 2.0.0 Ok\n250 2.0.0 Ok\n");
    }

    @Test void transactionsOverTheLimitEndTheSession() {
        limits(Limits.DEFAULT.withSessionCounts(2, 10, 10, 3));
        assertThat(talk.lines("HELO c\nMAIL FROM:<>\nRSET\nMAIL FROM:<>\nRSET\nMAIL FROM:<>\n")).endsWith(
            "421 4.7.0 Too many messages, begin a new connection\n");
    }

    @Test void aLineTooLongIsRefusedAndTheNextIsRead() {
        assertThat(talk.lines("NOOP " + "x".repeat(600) + "\nNOOP " + "x".repeat(20_000) + "\nNOOP\n")).isEqualTo("""
            220 mx.example.org ESMTP
            500 5.5.2 Line too long
            500 5.5.2 Line too long
            250 2.0.0 Ok
            """);
    }

    @Test void aSlowMessageEndsOnceItsFirstBlockHadTime() {
        var deadlines = new Limits.Deadlines(Duration.ofMinutes(5), Duration.ofSeconds(10), Duration.ofMinutes(5),
            Duration.ofMinutes(1), Duration.ofMinutes(1), 100);
        assertThat(received(deadlines, 2000, Duration.ofMillis(10))).as("100 octets a second").isEqualTo(2000);
        assertThat(received(deadlines, 900, Duration.ofMillis(11))).as("slower, but within 10 s").isEqualTo(900);
        assertThatThrownBy(() -> received(deadlines, 2000, Duration.ofMillis(12)))
            .hasCauseInstanceOf(SocketTimeoutException.class).hasMessageContaining("octets in PT");
        assertThatThrownBy(() -> received(deadlines, 100_000, Duration.ofMillis(4))).as("fast, but too long in all")
            .hasCauseInstanceOf(SocketTimeoutException.class);
    }

    @Test void aMessageInChunksHasOneTimeForAllOfThem() throws IOException {
        var clock = new AtomicLong();
        var receiver = new BodyReceiver(MemoryWire.ofLines(""), Limits.Deadlines.DEFAULT, clock::get);
        var began = receiver.begin();
        clock.addAndGet(Duration.ofHours(1).toNanos());
        receiver.receive(new ByteArrayInputStream(new byte[1]), began, (_, _) -> { });
        clock.addAndGet(1);
        assertThatThrownBy(() -> receiver.receive(new ByteArrayInputStream(new byte[1]), began, (_, _) -> { }))
            .isInstanceOf(SocketTimeoutException.class);
    }

    @Test void limitsThatHurtConformingClientsCannotBeSet() {
        assertThatThrownBy(() -> Limits.DEFAULT.withTextLine(999)).hasMessageContaining("at least 1000, not 999");
    }

    private static long received(Limits.Deadlines deadlines, int octets, Duration each) {
        var clock = new AtomicLong();
        var drip = new InputStream() {
            private final InputStream octetsLeft = new ByteArrayInputStream(new byte[octets]);

            @Override public int read() throws IOException {
                clock.addAndGet(each.toNanos());
                return octetsLeft.read() < 0 ? -1 : 'x';
            }

            @Override public int read(byte[] buffer, int offset, int length) throws IOException {
                var octet = read();
                if (octet < 0) {
                    return -1;
                }
                buffer[offset] = (byte) octet;
                return 1;
            }
        };
        var count = new AtomicLong();
        try {
            new BodyReceiver(MemoryWire.ofLines(""), deadlines, clock::get)
                .receive(drip, (_, length) -> count.addAndGet(length));
        } catch (IOException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        return count.get();
    }

    private void limits(Limits limits) {
        talk.settings(SessionSettings.smtp("mx.example.org").withLimits(limits));
    }
}
