package org.posthorn.protocols.net;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends what is blocked past its deadline. A short read of TCP ends by the socket's own timeout; a write to a peer that
 * reads nothing has none, nor has a unix socket, a TLS handshake can be dripped, and a long read is cheaper without: so
 * one thread looks at all wires once a second.
 *
 * <p>One watch serves a whole server. Its thread, {@code posthorn-deadlines}, lives from {@link #start} to {@link
 * #stop}. Thread-safe: the wires are in a concurrent set.
 */
public final class DeadlineWatch {

    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final int LONG = 4;      // periods: one that comes late is a quarter of the wait at most

    private final Duration period;
    private final Set<Watched> wires = ConcurrentHashMap.newKeySet();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean running;

    /** Looks once a second. */
    public DeadlineWatch() {
        this(PERIOD);
    }

    DeadlineWatch(Duration period) {
        this.period = period;
    }

    /** Starts the thread. Once only. */
    public void start() {
        running = true;
        Thread.ofPlatform().daemon().name("posthorn-deadlines").start(this::run);
    }

    /** Ends the thread. Wires still open are no longer watched. */
    public void stop() {
        running = false;
        stopped.countDown();
    }

    /** Whether a wait of so many milliseconds may be left to it. */
    boolean endsWaitsOf(int millis) {
        return running && millis >= LONG * period.toMillis();
    }

    void add(Watched wire) {
        wires.add(wire);
    }

    void remove(Watched wire) {
        wires.remove(wire);
    }

    private void run() {
        try {
            while (!stopped.await(period.toMillis(), TimeUnit.MILLISECONDS)) {
                var now = System.nanoTime();
                wires.forEach(wire -> wire.abortIfOverdue(now, period));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
