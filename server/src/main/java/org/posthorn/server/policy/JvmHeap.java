package org.posthorn.server.policy;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.posthorn.server.log.EventLog;

/**
 * The heap of this process. It is short when its pool of old objects was still in use to four fifths after the garbage
 * was last collected, which is done at most once in five seconds, and only when so much is in use. What is in use in
 * between may be garbage, and nobody is refused for that, until nearly all is.
 */
@Singleton
public final class JvmHeap implements HeapRoom {

    private static final EventLog LOG = EventLog.of(JvmHeap.class);
    private static final double MOST = 0.8;
    private static final double NEARLY_ALL = 0.95;
    private static final long BETWEEN = Duration.ofSeconds(5).toNanos();
    private static final long FRESH = Duration.ofMillis(5).toNanos();

    private final DoubleSupplier use;
    private final Runnable collection;
    private final LongSupplier nanos;
    private final AtomicBoolean collecting = new AtomicBoolean();
    private volatile long collectedAt;
    private volatile long goodAt;
    private volatile boolean wasShort;      // after the last collection

    /** Looks at nothing yet. */
    @Inject public JvmHeap() {
        this(new Old(), System::gc, System::nanoTime);
    }

    /**
     * A heap of anybody's.
     *
     * @param use how much of the old objects' pool is in use, from 0 to 1
     * @param collection removes what of that is garbage
     * @param nanos as {@link System#nanoTime}
     */
    JvmHeap(DoubleSupplier use, Runnable collection, LongSupplier nanos) {
        this.use = use;
        this.collection = collection;
        this.nanos = nanos;
        this.collectedAt = nanos.getAsLong() - BETWEEN;
        this.goodAt = nanos.getAsLong() - BETWEEN;
    }

    /** Where old objects lie; nowhere with a collector that has no such pool, and then the heap is never short. */
    private static final class Old implements DoubleSupplier {
        /** Found when it is first asked for: that takes a while, and a start should not. */
        private volatile Optional<List<MemoryPoolMXBean>> found = Optional.empty();

        @Override public double getAsDouble() {
            if (found.isEmpty()) {
                found = Optional.of(ManagementFactory.getMemoryPoolMXBeans().stream().filter(pool ->
                    pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported()).toList());
            }
            var most = 0.0;
            for (var pool : found.get()) {
                var usage = pool.getUsage();
                most = Math.max(most, usage.getMax() > 0 ? (double) usage.getUsed() / usage.getMax() : 0);
            }
            return most;
        }
    }

    /**
     * A good answer holds for 5 ms: to ask the JVM takes 27,000 cycles, and each MAIL and each RCPT comes here. In that
     * time not even a thousand sessions fill a fifth of a heap with recipients.
     */
    @Override public boolean isShort() {
        var now = nanos.getAsLong();
        if (now - goodAt < FRESH) {
            return false;
        }
        if (use.getAsDouble() <= MOST) {
            goodAt = now;
            return false;
        }
        if (now - collectedAt >= BETWEEN && collecting.compareAndSet(false, true)) {
            try {
                collect();
            } finally {
                collecting.set(false);
            }
        }
        return wasShort || !collecting.get() && use.getAsDouble() > NEARLY_ALL;
    }

    private void collect() {
        collection.run();
        collectedAt = nanos.getAsLong();
        wasShort = use.getAsDouble() > MOST;
        if (wasShort) {
            LOG.warn("memory-short", "heap", Runtime.getRuntime().maxMemory());
        }
    }
}
