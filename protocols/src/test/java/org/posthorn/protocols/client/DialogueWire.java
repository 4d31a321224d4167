package org.posthorn.protocols.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.net.TlsFacts;
import org.posthorn.protocols.net.Wire;

/**
 * A wire whose other end reads from a script, one line each: {@code S:} what the server says, {@code C:} what the
 * client must have said by then and no more, {@code T: ok} or {@code T: fail} for a handshake, {@code S! close} and
 * {@code S! silence} for a server that goes away or says nothing.
 */
final class DialogueWire implements Wire {

    private final Deque<String> script;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final ByteArrayOutputStream flushed = new ByteArrayOutputStream();
    private final List<Duration> deadlines = new ArrayList<>();
    private byte[] speaking = new byte[0];
    private int spoken;
    private boolean secured;
    private boolean closed;
    private int unasked;

    DialogueWire(String script) {
        this.script = new ArrayDeque<>(script.lines().filter(line -> !line.isBlank()).toList());
    }

    /** The script was played to its end, and the client said nothing beyond it. */
    void assertDone() {
        assertThat(spoken).as("all that the server said was heard").isEqualTo(speaking.length);
        hearClient();
        assertThat(script).as("the rest of the script").isEmpty();
        assertThat(flushed.toString(StandardCharsets.UTF_8)).as("what the client said beyond the script").isEmpty();
    }

    /** Something came that nobody asked for. */
    void sayUnasked() {
        unasked = 1;
    }

    List<Duration> deadlines() {
        return deadlines;
    }

    boolean isClosed() {
        return closed;
    }

    private void hearClient() {
        while (!script.isEmpty() && script.peek().startsWith("C:")) {
            var expected = script.pop().substring(2).strip();
            var said = flushed.toString(StandardCharsets.UTF_8);
            var end = said.indexOf("\r\n");
            assertThat(end).as("the client says '%s', so far it said '%s'", expected, said).isGreaterThanOrEqualTo(0);
            assertThat(said.substring(0, end)).isEqualTo(expected);
            flushed.reset();
            flushed.writeBytes(said.substring(end + 2).getBytes(StandardCharsets.UTF_8));
        }
    }

    private int speak() throws IOException {
        if (closed) {
            throw new EOFException("closed by us");
        }
        if (spoken == speaking.length) {
            hearClient();
            assertThat(flushed.toString(StandardCharsets.UTF_8)).as("the client talks too early").isEmpty();
            var next = script.isEmpty() ? "S! silence" : script.pop();
            if (next.equals("S! close")) {
                return -1;
            }
            if (!next.startsWith("S:")) {
                throw new SocketTimeoutException("the server says nothing: " + next);
            }
            speaking = (next.substring(2).strip() + "\r\n").getBytes(StandardCharsets.UTF_8);
            spoken = 0;
        }
        return speaking[spoken++] & 0xff;
    }

    @Override public InputStream in() {
        return new InputStream() {
            @Override public int read() throws IOException {
                return speak();
            }

            @Override public int available() {
                return unasked;
            }
        };
    }

    @Override public OutputStream out() {
        return new OutputStream() {
            @Override public void write(int octet) {
                written.write(octet);
            }

            @Override public void flush() {
                flushed.writeBytes(written.toByteArray());
                written.reset();
            }
        };
    }

    @Override public InetSocketAddress local() {
        return new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 40_000);
    }

    @Override public InetSocketAddress remote() {
        return new InetSocketAddress(InetAddress.ofLiteral("192.0.2.2"), 25);
    }

    @Override public void deadline(Duration within) {
        deadlines.add(within);
    }

    @Override public Optional<TlsFacts> tls() {
        return secured ? Optional.of(new TlsFacts("TLSv1.3", "TLS_AES_128_GCM_SHA256")) : Optional.empty();
    }

    @Override public void startTls() throws IOException {
        hearClient();
        assertThat(script.peek()).as("a handshake").startsWith("T:");
        if (script.pop().equals("T: fail")) {
            throw new IOException("handshake_failure");
        }
        secured = true;
    }

    @Override public void close() {
        closed = true;
    }
}
