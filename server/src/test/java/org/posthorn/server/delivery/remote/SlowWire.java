package org.posthorn.server.delivery.remote;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.posthorn.protocols.net.TlsFacts;
import org.posthorn.protocols.net.Wire;

/**
 * A far side in time that the test counts: each octet of its replies takes a while, from some reply on for ever. A read
 * that would outlast the deadline ends at it, as a socket's does.
 */
public final class SlowWire implements Wire {

    private static final String[] REPLIES = {"220 slow\r\n", "250 slow\r\n", "250 Ok\r\n", "250 Ok\r\n", "250 Ok\r\n",
        "221 Bye\r\n"};

    private final AtomicLong nanos;
    private final Duration perOctet;
    private final byte[] words;
    private int said;
    private long until;
    private boolean closed;

    /**
     * Makes one.
     *
     * @param nanos the time, which reading moves on
     * @param replies how many it gives before it falls silent
     */
    public SlowWire(AtomicLong nanos, Duration perOctet, int replies) {
        this.nanos = nanos;
        this.perOctet = perOctet;
        this.words = String.join("", List.of(REPLIES).subList(0, replies)).getBytes(StandardCharsets.UTF_8);
        this.until = nanos.get() + Duration.ofMinutes(5).toNanos();
    }

    public boolean isClosed() {
        return closed;
    }

    private int read() throws IOException {
        var next = said < words.length ? nanos.get() + perOctet.toNanos() : Long.MAX_VALUE;
        if (next > until) {
            nanos.set(Math.max(nanos.get(), until));
            throw new SocketTimeoutException("the deadline has passed");
        }
        nanos.set(next);
        return words[said++];
    }

    @Override public InputStream in() {
        return new InputStream() {
            @Override public int read() throws IOException {
                return SlowWire.this.read();
            }
        };
    }

    @Override public OutputStream out() {
        return OutputStream.nullOutputStream();
    }

    @Override public InetSocketAddress local() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
    }

    @Override public InetSocketAddress remote() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 25);
    }

    @Override public void deadline(Duration within) {
        until = nanos.get() + within.toNanos();
    }

    @Override public Optional<TlsFacts> tls() {
        return Optional.empty();
    }

    @Override public void startTls() {
        throw new IllegalStateException("not offered");
    }

    @Override public void close() {
        closed = true;
    }
}
