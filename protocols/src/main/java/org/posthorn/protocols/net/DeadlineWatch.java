package org.posthorn.protocols.net;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends what is blocked past its deadline. Short reads of TCP end by the socket's own timeout; a write to a peer that
 * reads nothing has none, nor has a unix socket, and a TLS handshake can be dripped: so one thread looks at all wires
 * once a second.
 *
 * <p>One watch serves a whole server. Its thread, {@code posthorn-deadlines}, lives from {@link #start} to {@link
 * #stop}. Thread-safe: the wires are in a concurrent set.
 */
public final class DeadlineWatch {

    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final int FEW_PERIODS = 20;

    private final Duration period;
    private final long leastMillis;
    private final Set<Watched> wires = ConcurrentHashMap.newKeySet();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean watching;

    /** Looks once a second. */
    public DeadlineWatch() {
        this(PERIOD);
    }

    DeadlineWatch(Duration period) {
        this.period = period;
        this.leastMillis = FEW_PERIODS * period.toMillis();
    }

    /** Starts the thread. Once only. */
    public void start() {
        watching = true;
        Thread.ofPlatform().daemon().name("posthorn-deadlines").start(this::run);
    }

    /** Ends the thread. Wires still open are no longer watched: close them, a read may wait for ever. */
    public void stop() {
        watching = false;
        stopped.countDown();
    }

    /** Whether a wait of so many milliseconds may be ended by the watch: its being late by a period hardly counts. */
    boolean mayEnd(int millis) {
        return watching && millis > leastMillis;
    }

    void add(Watched wire) {
        wires.add(wire);
    }

    void remove(Watched wire) {
        wires.remove(wire);
    }

    /** How many wires it watches. */
    public int watched() {
        return wires.size();
    }

    private void run() {
        try {
            while (!stopped.await(period.toMillis(), TimeUnit.MILLISECONDS)) {
                var now = System.nanoTime();
                // A read that times out comes first, so that it can be answered.
                wires.forEach(wire -> wire.abortIfOverdue(now, period));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
