package org.posthorn.server.policy;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.time.Duration;
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

    private final Optional<MemoryPoolMXBean> old;
    private final AtomicLong collectedAt = new AtomicLong(System.nanoTime() - BETWEEN);

    /** Looks for the pool that the collector in use has; with one that has none, the heap is never short. */
    @Inject public JvmHeap() {
        old = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported()
                && pool.getUsage().getMax() > 0).findFirst();
        old.ifPresent(pool -> pool.setUsageThreshold((long) (pool.getUsage().getMax() * MOST)));
    }

    @Override public boolean isShort() {
        if (old.isEmpty() || !old.get().isUsageThresholdExceeded()) {
            return false;
        }
        var now = System.nanoTime();
        var last = collectedAt.get();
        if (now - last >= BETWEEN && collectedAt.compareAndSet(last, now)) {
            System.gc();
            if (old.get().isUsageThresholdExceeded()) {
                LOG.warn("memory-short", "used", old.get().getUsage().getUsed(), "max", old.get().getUsage().getMax());
            }
        }
        return old.get().isUsageThresholdExceeded();
    }
}
