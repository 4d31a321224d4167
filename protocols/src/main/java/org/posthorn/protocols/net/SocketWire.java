package org.posthorn.protocols.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * A wire over a TCP socket.
 *
 * <p>A read ends at the deadline by the socket's timeout; whatever else blocks past it is ended by the {@link
 * DeadlineWatch}, which closes the socket. A read in the clear that may take long is left to the watch too, which ends
 * it a moment late, and so that it can be answered: a timer for each read costs a message several changes of threads.
 * Until the first {@link #deadline} call five minutes are allowed.
 */
public final class SocketWire implements Wire, Watched {

    private static final Duration FIRST_DEADLINE = Duration.ofMinutes(5);
    /** How long closing may take: TLS says goodbye first. */
    private static final Duration CLOSING = Duration.ofSeconds(2);
    private static final long NOT_BLOCKED = Long.MAX_VALUE;

    private final Socket socket;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final Handshake handshake;
    private final DeadlineWatch watch;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Streams streams;
    private volatile long deadline = System.nanoTime() + FIRST_DEADLINE.toNanos();
    /** The deadline of the blocking call that is going on. */
    private volatile long blockedUntil = NOT_BLOCKED;
    /** That is a read without timer. */
    private volatile boolean untimed;
    /** A read without timer was ended. */
    private volatile boolean late;

    /** Puts TLS over the socket, but does not shake hands yet. */
    private interface Handshake {
        SSLSocket over(Socket socket, InputStream alreadyRead) throws IOException;
    }

    /** What is read and written now: the plain socket, or TLS over it. */
    private record Streams(Socket socket, SocketInput in, SocketOutput out, Optional<TlsFacts> tls) {
    }

    private SocketWire(Socket socket, Handshake handshake, DeadlineWatch watch) throws IOException {
        this.socket = socket;
        this.local = (InetSocketAddress) socket.getLocalSocketAddress();
        this.remote = (InetSocketAddress) socket.getRemoteSocketAddress();
        this.handshake = handshake;
        this.watch = watch;
        this.streams = over(socket, Optional.empty());
        watch.add(this);
    }

    /** The server's end of an accepted connection, without TLS to offer. */
    public static SocketWire server(Socket accepted, DeadlineWatch watch) throws IOException {
        return new SocketWire(accepted, (socket, alreadyRead) -> {
            throw new SSLException("no certificate is configured for this listener");
        }, watch);
    }

    /** The server's end of an accepted connection. */
    public static SocketWire server(Socket accepted, ServerTls tls, DeadlineWatch watch) throws IOException {
        return new SocketWire(accepted, (socket, alreadyRead) -> {
            var factory = tls.context().get().getSocketFactory();
            // With octets already read this makes a server's socket, and the handshake begins with them.
            var secured = (SSLSocket) factory.createSocket(socket, alreadyRead, true);
            var parameters = secured.getSSLParameters();
            tls.adjust().accept(parameters);
            secured.setSSLParameters(parameters);
            return secured;
        }, watch);
    }

    /**
     * The client's end of a connected socket.
     *
     * @param parameters of the handshake: protocols, endpoint identification, server names
     * @param host the peer's name, which the certificate is checked against and SNI sends
     */
    public static SocketWire client(Socket connected, SSLSocketFactory factory, SSLParameters parameters,
                                    String host, DeadlineWatch watch) throws IOException {
        return new SocketWire(connected, (socket, alreadyRead) -> {
            if (alreadyRead.available() > 0) {
                throw new SSLException("the server sent octets in the clear after its answer to STARTTLS");
            }
            var secured = (SSLSocket) factory.createSocket(socket, host, socket.getPort(), true);
            secured.setUseClientMode(true);
            secured.setSSLParameters(parameters);
            return secured;
        }, watch);
    }

    @Override public InputStream in() {
        return streams.in();
    }

    @Override public OutputStream out() {
        return streams.out();
    }

    @Override public InetSocketAddress local() {
        return local;
    }

    @Override public InetSocketAddress remote() {
        return remote;
    }

    @Override public void deadline(Duration within) {
        deadline = System.nanoTime() + within.toNanos();
    }

    @Override public void idle() {
        streams.in().idle();
        streams.out().idle();
    }

    @Override public void busy() {
        streams.in().busy();
    }

    /** TLS tells of what it has decrypted only: the rest is asked of the socket. */
    @Override public boolean isQuiet() throws IOException {
        return streams.in().available() == 0 && (tls().isEmpty() || socket.getInputStream().available() == 0);
    }

    /** Octets of memory that its buffers hold now. */
    int held() {
        return streams.in().held() + streams.out().held();
    }

    @Override public Optional<TlsFacts> tls() {
        return streams.tls();
    }

    @Override public void startTls() throws IOException {
        if (tls().isPresent()) {
            throw new IllegalStateException("TLS is already up");
        }
        streams.out().flush();
        var secured = handshake.over(socket, streams.in().rest());
        blocking(() -> {
            secured.setSoTimeout(remainingMillis());
            secured.startHandshake();
            return 0;
        });
        var session = secured.getSession();
        streams = over(secured, Optional.of(new TlsFacts(session.getProtocol(), session.getCipherSuite(),
            secured.getUseClientMode() ? Optional.empty() : certificate(session))));
    }

    private static Optional<ClientCertificate> certificate(SSLSession session) throws SSLException {
        try {
            return session.getPeerCertificates()[0] instanceof X509Certificate shown
                ? Optional.of(ClientCertificate.of(shown)) : Optional.empty();
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();   // the client showed none
        } catch (GeneralSecurityException e) {
            throw new SSLException("the client's certificate cannot be read", e);
        }
    }

    @Override public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        var now = streams;
        try {
            // Somebody is blocked in a read or write: closing the socket ends that, a polite end would wait for it.
            if (blockedUntil == NOT_BLOCKED) {
                deadline(CLOSING);
                blocking(() -> {
                    endPolitely(now);
                    return 0;
                });
            }
        } catch (IOException e) {
            // The peer is gone already, which is what was wanted.
        } finally {
            abort();
            watch.remove(this);
        }
    }

    /**
     * Says all that was to be said, with TLS also its goodbye, and takes what the peer sent meanwhile: octets that were
     * not read would make the kernel reset the connection, and our last reply be lost. {@code SSLSocket.close} would do
     * the first, but waits for the peer.
     */
    private void endPolitely(Streams now) throws IOException {
        now.out().flush();
        if (now.tls().isPresent()) {
            now.socket().shutdownOutput();
        }
        var unread = socket.getInputStream();
        for (var count = unread.available(); count > 0; count = unread.available()) {
            unread.skipNBytes(count);
        }
    }

    @Override public void abortIfOverdue(long now, Duration slack) {
        // Read once: the other thread may leave the blocking call meanwhile.
        var until = blockedUntil;
        if (until == NOT_BLOCKED) {
            return;
        }
        if (now - until > 0 && untimed && !late) {
            late = true;
            endRead();
        } else if (now - until > slack.toNanos()) {
            abort();
        }
    }

    /** The read sees an end; what is written now still arrives. */
    private void endRead() {
        try {
            socket.shutdownInput();
        } catch (IOException e) {
            abort();
        }
    }

    private void abort() {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing is left to do with this socket.
        }
    }

    private Streams over(Socket current, Optional<TlsFacts> tls) throws IOException {
        var rawIn = current.getInputStream();
        var rawOut = current.getOutputStream();
        var in = new SocketInput(new SocketInput.Source() {
            @Override public int read(byte[] octets, int offset, int length) throws IOException {
                var outer = beginRead(current, tls.isEmpty());
                try {
                    return onTime(rawIn.read(octets, offset, length));
                } finally {
                    untimed = false;
                    blockedUntil = outer;
                }
            }

            @Override public int available() throws IOException {
                return rawIn.available();
            }
        });
        var out = new SocketOutput((octets, offset, length) -> {
            var outer = block();
            try {
                rawOut.write(octets, offset, length);
            } finally {
                blockedUntil = outer;
            }
        });
        return new Streams(current, in, out, tls);
    }

    /**
     * A read begins, with a timer or without. What is on the stack then an idle session keeps, so this is by itself.
     *
     * @return as {@link #block}
     */
    private long beginRead(Socket current, boolean clear) throws IOException {
        var millis = remainingMillis();
        var watched = clear && watch.mayEnd(millis);
        current.setSoTimeout(watched ? 0 : millis);
        var outer = block();
        untimed = watched;
        return outer;
    }

    private int onTime(int count) throws SocketTimeoutException {
        if (count < 0 && late) {
            throw tooLate();
        }
        return count;
    }

    /** One blocking call on the socket. */
    private interface Blocking {
        int call() throws IOException;
    }

    private int blocking(Blocking call) throws IOException {
        var outer = block();
        try {
            return call.call();
        } finally {
            blockedUntil = outer;
        }
    }

    /**
     * A blocking call begins.
     *
     * @return what holds again when it has ended: a goodbye may be written while the session's own thread waits in a
     *     read, which then goes on
     */
    private long block() {
        var outer = blockedUntil;
        blockedUntil = deadline;
        return outer;
    }

    private int remainingMillis() throws SocketTimeoutException {
        var millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw tooLate();
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    private static SocketTimeoutException tooLate() {
        return new SocketTimeoutException("the deadline has passed");
    }
}
