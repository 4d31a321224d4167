package org.posthorn.protocols.net;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * A wire whose peer sends fixed segments, each once the one before is read, and then closes. What is in one segment is
 * there at once, as pipelined commands are.
 */
public final class MemoryWire implements Wire {

    /** At the end of the segments the peer stays silent, so that a read ends with its deadline. */
    public static final byte[] SILENCE = new byte[0];

    private final Deque<byte[]> segments = new ArrayDeque<>();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final List<Integer> flushes = new ArrayList<>();
    private final InputStream in = new Input();
    private final OutputStream out = new Output();
    private byte[] segment = new byte[0];
    private int position;
    private Optional<TlsFacts> tls = Optional.empty();
    private boolean closed;

    /** A peer that sends these. */
    public MemoryWire(List<byte[]> segments) {
        this.segments.addAll(segments);
    }

    /** A peer that waits after each line. */
    public static MemoryWire ofLines(String lines) {
        return new MemoryWire(lines.lines().map(line -> octets(line + "\r\n")).toList());
    }

    /** A peer that sends all at once; the octets are those of ISO 8859-1. */
    public static MemoryWire ofOctets(String octets) {
        return new MemoryWire(List.of(octets(octets)));
    }

    /** TLS is up from the start. */
    public MemoryWire secured() {
        tls = Optional.of(new TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384"));
        return this;
    }

    /** The first segment is there before anything is read. */
    public MemoryWire talksFirst() {
        segment = segments.poll();
        return this;
    }

    /** What was sent to the peer, lines ended by LF. */
    public String sent() {
        return sent.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }

    /** How many octets had been sent at each flush that sent something. */
    public List<Integer> flushes() {
        return flushes;
    }

    public boolean isClosed() {
        return closed;
    }

    @Override public InputStream in() {
        return in;
    }

    @Override public OutputStream out() {
        return out;
    }

    @Override public InetSocketAddress local() {
        return new InetSocketAddress("192.0.2.25", 25);
    }

    @Override public InetSocketAddress remote() {
        return new InetSocketAddress("198.51.100.7", 40000);
    }

    @Override public void deadline(Duration within) {
        // Nothing in memory waits.
    }

    @Override public Optional<TlsFacts> tls() {
        return tls;
    }

    /** Octets that are left of the segment would have been read as a hello. */
    @Override public void startTls() throws IOException {
        if (position < segment.length) {
            throw new SSLException("this is no hello");
        }
        secured();
    }

    @Override public void close() {
        closed = true;
    }

    private static byte[] octets(String text) {
        return text.getBytes(text.chars().allMatch(c -> c < 256) ? StandardCharsets.ISO_8859_1
            : StandardCharsets.UTF_8);
    }

    private final class Input extends InputStream {

        @Override public int available() {
            return segment.length - position;
        }

        @Override public int read() throws IOException {
            if (closed) {
                throw new IOException("closed");
            }
            if (position == segment.length) {
                if (segments.isEmpty()) {
                    return -1;
                }
                segment = segments.poll();
                position = 0;
                if (segment == SILENCE) {
                    throw new SocketTimeoutException("silence");
                }
            }
            return segment[position++] & 0xff;
        }

        @Override public int read(byte[] octets, int offset, int length) throws IOException {
            var count = 0;
            do {
                var octet = read();
                if (octet < 0) {
                    return count == 0 ? -1 : count;
                }
                octets[offset + count++] = (byte) octet;
            } while (count < length && available() > 0);
            return count;
        }
    }

    private final class Output extends OutputStream {

        private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();

        @Override public void write(int octet) throws IOException {
            if (closed) {
                throw new IOException("closed");
            }
            unsent.write(octet);
        }

        @Override public void flush() throws IOException {
            if (unsent.size() > 0) {
                unsent.writeTo(sent);
                unsent.reset();
                flushes.add(sent.size());
            }
        }
    }
}
