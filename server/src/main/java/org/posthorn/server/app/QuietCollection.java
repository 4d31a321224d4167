package org.posthorn.server.app;

import com.sun.management.OperatingSystemMXBean;
import jakarta.inject.Inject;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.server.Service;
import org.posthorn.server.log.EventLog;

/**
 * Collects the garbage of the whole heap when there is much of it and the server is quiet, so that memory is given back
 * after a flood. What outlived some collections of the young, such as sessions that were open for a while, would stay
 * as garbage until the heap is full.
 *
 * <p>The rule: of the old objects, those that the last collection left live, and 8 KiB for each connection that came
 * since then, or less for each that has gone; the rest may be garbage. When that is 16 MiB, and half of what lives, for
 * which all threads will have to wait, and the process takes less than a twentieth of a core for a quarter of a second,
 * all is collected. Whether it is worth it is asked once a second. At rest it takes 40 ms.
 *
 * <p>For the serial collector, which {@code bin/posthorn} chooses; others have ways of their own, and nothing is done.
 * Nor is with {@code -XX:+DisableExplicitGC}. Looks on a thread of its own from start to stop; {@link #look} is for one
 * thread.
 */
final class QuietCollection implements Service {

    private static final EventLog LOG = EventLog.of(QuietCollection.class);
    private static final long WORTH = 16 << 20;
    private static final long OF_CONNECTION = 8 << 10;
    private static final int BUSY_SHARE = 20;
    static final Duration PERIOD = Duration.ofSeconds(1);
    static final Duration QUIET = Duration.ofMillis(250);

    private final Memory memory;
    private final IntSupplier connections;
    private final LongSupplier nanos;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private long left = Long.MAX_VALUE;
    private int connectionsThen;
    private boolean waiting;
    private long waitsSince;
    private long cpuThen;

    /** Asks the JVM nothing yet. */
    @Inject QuietCollection(DeadlineWatch watch) {
        this(new Jvm(), watch::watched, System::nanoTime);
    }

    /**
     * Looks at anybody's memory.
     *
     * @param connections how many are open
     * @param nanos as {@link System#nanoTime}
     */
    QuietCollection(Memory memory, IntSupplier connections, LongSupplier nanos) {
        this.memory = memory;
        this.connections = connections;
        this.nanos = nanos;
    }

    /** The heap of a process, and what the process does. */
    interface Memory {

        /** Whether it is one to look after. */
        boolean isOurs();

        /** Octets of old objects, garbage among them. */
        long used();

        /** Nanoseconds that all processors together have worked for the process. */
        long cpu();

        /** Collects all garbage; all threads wait for it. */
        void collect();
    }

    /** This process. */
    private static final class Jvm implements Memory {

        private Optional<MemoryPoolMXBean> old = Optional.empty();

        @Override public boolean isOurs() {
            old = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals("Tenured Gen")).findFirst();
            return old.isPresent();
        }

        @Override public long used() {
            return old.orElseThrow().getUsage().getUsed();
        }

        @Override public long cpu() {
            return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getProcessCpuTime() : 0;
        }

        @Override public void collect() {
            System.gc();
        }
    }

    @Override public void start() {
        Thread.ofVirtual().name("posthorn-garbage").start(this::run);
    }

    @Override public void stop(Duration grace) {
        stopped.countDown();
    }

    private void run() {
        try {
            // A start need not wait for the JVM's answer.
            if (stopped.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS) || !memory.isOurs()) {
                return;
            }
            var next = look();
            while (!stopped.await(next.toMillis(), TimeUnit.MILLISECONDS)) {
                next = look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Collects, if it is time to.
     *
     * @return when to look again
     */
    Duration look() {
        var used = memory.used();
        if (used < left) {
            note(used);   // the first look; or somebody else has collected
        }
        var live = Math.max(0, left + (connections.getAsInt() - connectionsThen) * OF_CONNECTION);
        if (used - live < Math.max(WORTH, live / 2)) {
            waiting = false;
            return PERIOD;
        }
        var cpu = memory.cpu();
        var now = nanos.getAsLong();
        if (!waiting || cpu - cpuThen > (now - waitsSince) / BUSY_SHARE) {
            waiting = true;
            waitsSince = now;
            cpuThen = cpu;
            return QUIET;
        }
        memory.collect();
        note(memory.used());
        waiting = false;
        LOG.debug("garbage-collected", "before", used, "after", left, "ms",
            Duration.ofNanos(nanos.getAsLong() - now).toMillis());
        return PERIOD;
    }

    private void note(long used) {
        left = used;
        connectionsThen = connections.getAsInt();
    }
}
