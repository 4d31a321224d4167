package org.posthorn.protocols.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.posthorn.protocols.net.ConnectionLimits.Admission;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.protocols.wire.ReplyWriter;

/**
 * Accepts connections and runs a session for each, on a virtual thread of its own.
 *
 * <p>The accept loop runs on the thread {@code posthorn-accept-NAME}, from {@link #start} to {@link #stop}; nothing in
 * it waits for a peer. One lock guards the set of open connections.
 */
public final class Listener {

    /** Connections the kernel keeps for us while we are busy; it may allow fewer. */
    private static final int BACKLOG = 1024;
    private static final int PRIVILEGED = 1024;     // ports below
    /** Before trying again when the system has no file descriptor for us: not so soon that we spin. */
    private static final Duration PAUSE = Duration.ofMillis(100);
    /** For TLS to come up where it comes first. */
    private static final Duration HANDSHAKE = Duration.ofMinutes(1);
    /** For a proxy to say for whom it speaks; a lost segment takes 3 s to come again. */
    private static final Duration INTRODUCTION = Duration.ofSeconds(10);
    /** To tell a client that there are too many. */
    private static final Duration TURNING_AWAY = Duration.ofSeconds(5);
    /** Clients that are told so at one time; further ones are just closed. */
    private static final int TURNED_AWAY_AT_ONCE = 64;
    /** For sessions whose wire was closed to come to their end. */
    private static final Duration AFTER_FORCE = Duration.ofSeconds(1);

    private final ListenerSettings settings;
    private final ConnectionLimits limits;
    private final SessionFactory sessions;
    private final DeadlineWatch watch;
    private final ListenerObserver observer;
    /** One text for the threads of all sessions. */
    private final String threads;
    private final Semaphore turningAway = new Semaphore(TURNED_AWAY_AT_ONCE);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition oneGone = lock.newCondition();
    private final Set<Connection> open = new HashSet<>();
    private volatile boolean stopping;
    private volatile Optional<Accepting> accepting = Optional.empty();

    /** What exists between start and stop. */
    private record Accepting(ServerSocket socket, Thread thread) {
    }

    /**
     * Prepares a listener.
     *
     * @param limits may be shared with other listeners
     * @param watch started and stopped by its owner
     */
    public Listener(ListenerSettings settings, ConnectionLimits limits, SessionFactory sessions, DeadlineWatch watch,
                    ListenerObserver observer) {
        this.settings = settings;
        this.limits = limits;
        this.sessions = sessions;
        this.watch = watch;
        this.observer = observer;
        this.threads = "posthorn-" + settings.name();
    }

    /**
     * Binds and begins to accept. Once only.
     *
     * @throws IOException when the address cannot be bound; nothing is left open then
     */
    public void start() throws IOException {
        var socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(settings.bindAddress(), BACKLOG);
        } catch (IOException e) {
            socket.close();
            throw new IOException("cannot listen on " + text(settings.bindAddress()) + ": " + e.getMessage()
                + hint(settings.bindAddress().getPort()), e);
        }
        var thread = Thread.ofPlatform().name("posthorn-accept-" + settings.name()).unstarted(() -> accept(socket));
        accepting = Optional.of(new Accepting(socket, thread));
        thread.start();
    }

    private static String text(InetSocketAddress address) {
        return address.toString().substring(address.toString().lastIndexOf('/') + 1);
    }

    /** What to do, as far as the port tells. */
    private static String hint(int port) {
        return port > 0 && port < PRIVILEGED ? " (it needs root or CAP_NET_BIND_SERVICE, and no other program there)"
            : " (is another program there?)";
    }

    /**
     * Where it listens.
     *
     * @throws IllegalStateException before {@link #start}
     */
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) accepting.orElseThrow(() -> new IllegalStateException("not started"))
            .socket().getLocalSocketAddress();
    }

    /** How many connections are open. */
    public int connections() {
        return connectionsNow().size();
    }

    /**
     * Accepts no more, asks all sessions to end, and waits for them. Does nothing before {@link #start}.
     *
     * @param grace how long they may take; those in the middle of a message need it
     * @return how many connections were closed by force when it was over
     */
    public int stop(Duration grace) {
        stopping = true;
        var until = System.nanoTime() + grace.toNanos();
        try {
            if (accepting.isPresent()) {
                closeQuietly(accepting.get().socket());
                accepting.get().thread().join();
            }
            for (var connection : connectionsNow()) {
                // Each on its own: one peer that reads nothing must not hold up the others.
                Thread.ofVirtual().name("posthorn-end-" + settings.name()).start(connection::endSoon);
            }
            awaitEmpty(until);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        var forced = connectionsNow();
        forced.forEach(connection -> connection.wire.close());
        try {
            awaitEmpty(System.nanoTime() + AFTER_FORCE.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return forced.size();
    }

    private void accept(ServerSocket server) {
        while (!stopping) {
            try {
                take(server.accept());
            } catch (IOException e) {
                if (!stopping) {
                    observer.acceptFailed(e);
                    pause();
                }
            }
        }
    }

    /** Decides on a connection; whatever may wait for the peer is left to another thread. */
    private void take(Socket socket) throws IOException {
        var remote = (InetSocketAddress) socket.getRemoteSocketAddress();
        if (remote == null) {
            // It was closed again before we looked.
            closeQuietly(socket);
            return;
        }
        var fromProxy = settings.proxies().contains(remote.getAddress());
        var admission = fromProxy ? limits.admitFromProxy() : limits.admit(remote.getAddress());
        if (!(admission instanceof Admission.Admitted(var token))) {
            observer.refused(remote, admission);
            turnAway(socket, admission);
            return;
        }
        try {
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            var connection = new Connection(wire(socket), token, fromProxy);
            register(connection);
            Thread.ofVirtual().name(threads).start(connection::serve);
        } catch (IOException | RuntimeException e) {
            closeQuietly(socket);
            token.close();
            observer.connectionFailed(remote, new IOException("not taken on", e));
        }
    }

    private SocketWire wire(Socket socket) throws IOException {
        return switch (settings.encryption()) {
            case Encryption.None() -> SocketWire.server(socket, watch);
            case Encryption.OnRequest(var tls) -> SocketWire.server(socket, tls, watch);
            case Encryption.FromTheStart(var tls) -> SocketWire.server(socket, tls, watch);
        };
    }

    private void turnAway(Socket socket, Admission why) {
        // A client that expects TLS would take our words for garbage.
        if (settings.encryption() instanceof Encryption.FromTheStart || !turningAway.tryAcquire()) {
            closeQuietly(socket);
            return;
        }
        Thread.ofVirtual().name("posthorn-full-" + settings.name()).start(() -> {
            try (var wire = SocketWire.server(socket, watch)) {
                sayWhy(wire, why);
            } catch (IOException e) {
                closeQuietly(socket);
            } finally {
                turningAway.release();
            }
        });
    }

    private static void sayWhy(SocketWire wire, Admission why) throws IOException {
        wire.deadline(TURNING_AWAY);
        new ReplyWriter(wire.out(), true).write(why instanceof Admission.TooManyFromAddress
            ? Reply.of(421, "4.7.0", "Too many connections from your address, try again later")
            : Reply.of(421, "4.3.2", "Too many connections, try again later"));
        wire.out().flush();
    }

    private void register(Connection connection) {
        lock.lock();
        try {
            open.add(connection);
        } finally {
            lock.unlock();
        }
    }

    private void forget(Connection connection) {
        lock.lock();
        try {
            open.remove(connection);
            oneGone.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private List<Connection> connectionsNow() {
        lock.lock();
        try {
            return List.copyOf(open);
        } finally {
            lock.unlock();
        }
    }

    private void awaitEmpty(long until) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            for (var left = until - System.nanoTime(); left > 0 && !open.isEmpty(); left = until - System.nanoTime()) {
                oneGone.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void closeQuietly(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            // It is gone either way.
        }
    }

    /** One accepted connection, from its first octet to its last. */
    private final class Connection {

        private final SocketWire wire;
        private final ConnectionLimits.Token token;
        private final boolean fromProxy;
        private volatile Optional<Session> session = Optional.empty();

        private Connection(SocketWire wire, ConnectionLimits.Token token, boolean fromProxy) {
            this.wire = wire;
            this.token = token;
            this.fromProxy = fromProxy;
        }

        /** What is on this stack is kept while the session waits: no more than it must. */
        private void serve() {
            try {
                if (open()) {
                    session.get().run();
                }
            } catch (IOException e) {
                observer.connectionFailed(wire.remote(), e);
            } catch (RuntimeException e) {
                observer.sessionBroke(wire.remote(), e);
            } finally {
                end();
            }
        }

        private void end() {
            try (token) {
                wire.close();
            } finally {
                forget(this);
            }
        }

        /** Whether there is a session now. */
        private boolean open() throws IOException {
            var accepted = fromProxy ? introduced() : Optional.of(new AcceptedWire(wire, token));
            if (accepted.isEmpty()) {
                return false;
            }
            if (settings.encryption() instanceof Encryption.FromTheStart) {
                wire.deadline(HANDSHAKE);
                wire.startTls();
            }
            var opened = sessions.open(accepted.get());
            session = Optional.of(opened);
            if (stopping) {
                opened.endSoon();
            }
            return true;
        }

        /** For whom the proxy speaks; empty when that is not to be known, or there are too many of them. */
        private Optional<AcceptedWire> introduced() throws IOException {
            wire.deadline(INTRODUCTION);
            return switch (ProxyHeader.read(wire.in())) {
                case ProxyHeader.Malformed(var why) -> {
                    observer.proxyRefused(wire.remote(), why);
                    yield Optional.empty();
                }
                case ProxyHeader.Direct() -> Optional.of(new AcceptedWire(wire, token));
                case ProxyHeader.Relayed given when token.countFor(given.source().getAddress()) ->
                    Optional.of(new AcceptedWire(wire, token, given));
                case ProxyHeader.Relayed given -> {
                    var why = new Admission.TooManyFromAddress();
                    observer.refused(given.source(), why);
                    if (!(settings.encryption() instanceof Encryption.FromTheStart)) {
                        sayWhy(wire, why);
                    }
                    yield Optional.empty();
                }
            };
        }

        /** While a proxy speaks or TLS comes up there is no session yet, and nothing to lose. */
        private void endSoon() {
            session.ifPresentOrElse(Session::endSoon, wire::close);
        }
    }
}
