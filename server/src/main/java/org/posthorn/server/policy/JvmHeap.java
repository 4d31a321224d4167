package org.posthorn.server.policy;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.posthorn.server.log.EventLog;

/**
 * The heap of this process. It is short when its pool of old objects is in use to four fifths, and that is not garbage:
 * before it says so it has the garbage collected, at most once in five seconds.
 */
@Singleton
public final class JvmHeap implements HeapRoom {

    private static final EventLog LOG = EventLog.of(JvmHeap.class);
    private static final double MOST = 0.8;
    private static final long BETWEEN = Duration.ofSeconds(5).toNanos();
    private static final long FRESH = Duration.ofMillis(5).toNanos();

    private final AtomicLong collectedAt = new AtomicLong(System.nanoTime() - BETWEEN);
    private volatile long goodAt = System.nanoTime() - BETWEEN;
    /** Found when it is first asked for: that takes a while, and a start should not. */
    private volatile Optional<List<MemoryPoolMXBean>> found = Optional.empty();

    /** Looks at nothing yet. */
    @Inject public JvmHeap() {
    }

    /** Where old objects lie; nowhere with a collector that has no such pool, and then the heap is never short. */
    private List<MemoryPoolMXBean> old() {
        if (found.isEmpty()) {
            found = Optional.of(ManagementFactory.getMemoryPoolMXBeans().stream().filter(pool ->
                pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported()).toList());
        }
        return found.get();
    }

    private boolean isFull() {
        for (var pool : old()) {
            var usage = pool.getUsage();
            if (usage.getMax() > 0 && usage.getUsed() > usage.getMax() * MOST) {
                return true;
            }
        }
        return false;
    }

    /**
     * A good answer holds for 5 ms: to ask the JVM takes 27,000 cycles, and each MAIL and each RCPT comes here. In that
     * time not even a thousand sessions fill a fifth of a heap with recipients.
     */
    @Override public boolean isShort() {
        var now = System.nanoTime();
        if (now - goodAt < FRESH) {
            return false;
        }
        if (!isFull()) {
            goodAt = now;
            return false;
        }
        var last = collectedAt.get();
        if (now - last >= BETWEEN && collectedAt.compareAndSet(last, now)) {
            System.gc();
            if (isFull()) {
                LOG.warn("memory-short", "heap", Runtime.getRuntime().maxMemory());
            }
        }
        return isFull();
    }
}
