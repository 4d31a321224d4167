package org.posthorn.server.delivery.etrn;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.posthorn.server.Service;
import org.posthorn.server.log.EventLog;

/** What was put off: one thread, {@code posthorn-etrn}, made with the first of it and ended by {@link #stop}. */
@Singleton
final class EtrnTimer implements Later, Service {

    private static final EventLog LOG = EventLog.of(EtrnTimer.class);

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1,
        Thread.ofVirtual().name("posthorn-etrn").factory(), new ThreadPoolExecutor.DiscardPolicy());

    @Inject EtrnTimer() {
    }

    @Override public void start() {
        // The first task makes the thread.
    }

    @Override public void run(Duration wait, Runnable what) {
        var _ = timer.schedule(what, wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What is under way ends by itself: it may be in the database, which an interrupt would stop. */
    @Override public void stop(Duration grace) {
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.shutdown();
        try {
            if (!timer.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("search-still-busy");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
