package org.posthorn.protocols.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;

/**
 * The client's end of a unix socket, in the clear: who may connect is a matter of the file's mode.
 *
 * <p>The JDK has no timeout for these. So the {@link DeadlineWatch} closes the channel when a call has been blocked
 * past its deadline, at most two of its periods late; the call ends with {@link SocketTimeoutException}, and the wire
 * with it. Addresses are loopback with port 0: both ends are on this host.
 */
public final class UnixWire implements Wire, Watched {

    private static final InetSocketAddress HERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final Duration CLOSING = Duration.ofSeconds(2);
    private static final long NOT_BLOCKED = Long.MAX_VALUE;

    private final SocketChannel channel;
    private final DeadlineWatch watch;
    private final SocketInput in;
    private final SocketOutput out;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile long deadline;
    /** The deadline of the blocking call that is going on. */
    private volatile long blockedUntil = NOT_BLOCKED;
    private volatile boolean overdue;

    private UnixWire(SocketChannel channel, Duration within, DeadlineWatch watch) {
        this.channel = channel;
        this.watch = watch;
        this.in = new SocketInput(new Source());
        this.out = new SocketOutput((octets, offset, length) -> blocking(() -> {
            var left = ByteBuffer.wrap(octets, offset, length);
            while (left.hasRemaining()) {
                channel.write(left);
            }
            return length;
        }));
        deadline(within);
        watch.add(this);
    }

    /**
     * Connects to a socket file.
     *
     * @param within for connecting; a server that accepts nobody lets it wait
     */
    public static UnixWire connect(Path socket, Duration within, DeadlineWatch watch) throws IOException {
        var wire = new UnixWire(SocketChannel.open(StandardProtocolFamily.UNIX), within, watch);
        try {
            wire.blocking(() -> wire.channel.connect(UnixDomainSocketAddress.of(socket)) ? 1 : 0);
            return wire;
        } catch (IOException e) {
            wire.close();
            throw e;
        }
    }

    /** Reads from the channel. */
    private final class Source implements SocketInput.Source {
        @Override public int read(byte[] octets, int offset, int length) throws IOException {
            return blocking(() -> channel.read(ByteBuffer.wrap(octets, offset, length)));
        }

        /** The JDK does not say. */
        @Override public int available() {
            return 0;
        }
    }

    @Override public InputStream in() {
        return in;
    }

    @Override public OutputStream out() {
        return out;
    }

    @Override public InetSocketAddress local() {
        return HERE;
    }

    @Override public InetSocketAddress remote() {
        return HERE;
    }

    @Override public void deadline(Duration within) {
        deadline = System.nanoTime() + within.toNanos();
    }

    @Override public void idle() {
        in.idle();
        out.idle();
    }

    /** The JDK tells no other way; an octet that has come is lost by it, and a wire that is not quiet is given up. */
    @Override public boolean isQuiet() throws IOException {
        channel.configureBlocking(false);
        try {
            return in.available() == 0 && channel.read(ByteBuffer.allocate(1)) == 0;
        } finally {
            channel.configureBlocking(true);
        }
    }

    @Override public Optional<TlsFacts> tls() {
        return Optional.empty();
    }

    @Override public void startTls() throws IOException {
        throw new SSLException("a unix socket is not encrypted");
    }

    @Override public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            // Somebody is blocked in a read or write: closing the channel ends that, a last flush would wait for it.
            if (blockedUntil == NOT_BLOCKED && channel.isConnected()) {
                deadline(CLOSING);
                out.flush();
            }
        } catch (IOException e) {
            // The peer is gone already, which is what was wanted.
        } finally {
            abort();
            watch.remove(this);
        }
    }

    @Override public void abortIfOverdue(long now, Duration slack) {
        // Read once: the other thread may leave the blocking call meanwhile.
        var until = blockedUntil;
        if (until != NOT_BLOCKED && now - until > slack.toNanos()) {
            overdue = true;
            abort();
        }
    }

    private void abort() {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing is left to do with this socket.
        }
    }

    /** One blocking call on the channel. */
    private interface Blocking {
        int call() throws IOException;
    }

    private int blocking(Blocking call) throws IOException {
        if (overdue || deadline - System.nanoTime() <= 0) {
            throw tooLate();
        }
        blockedUntil = deadline;
        try {
            return call.call();
        } catch (ClosedChannelException e) {
            if (overdue) {
                var late = tooLate();
                late.initCause(e);
                throw late;
            }
            throw new IOException("the connection is closed", e);
        } finally {
            blockedUntil = NOT_BLOCKED;
        }
    }

    private static SocketTimeoutException tooLate() {
        return new SocketTimeoutException("the deadline has passed");
    }
}
