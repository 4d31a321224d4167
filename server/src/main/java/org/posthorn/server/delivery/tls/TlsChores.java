package org.posthorn.server.delivery.tls;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.posthorn.server.Service;
import org.posthorn.server.log.EventLog;

/**
 * What has to be done from time to time, by the thread {@code delivery-tls}: counts are written down each minute and at
 * the end, reports sent and policies fetched again each quarter of an hour.
 */
@Singleton
public final class TlsChores implements Service {

    private static final EventLog LOG = EventLog.of(TlsChores.class);
    private static final Duration ROUND = Duration.ofMinutes(1);
    private static final int ROUNDS = 15;
    private static final Duration CUT_OFF = Duration.ofSeconds(1);

    private final TlsReports reports;
    private final StsPolicies policies;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("delivery-tls").unstarted(this::run);

    @Inject
    TlsChores(TlsReports reports, StsPolicies policies) {
        this.reports = reports;
        this.policies = policies;
    }

    @Override public void start() {
        thread.start();
    }

    private void run() {
        try {
            for (var round = 1; !stopping.await(ROUND.toMillis(), TimeUnit.MILLISECONDS); round++) {
                each(reports::save);
                if (round % ROUNDS == 0) {
                    each(reports::sendDue);
                    each(policies::refresh);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Chore {
        void run() throws InterruptedException;
    }

    /** One that fails keeps nobody from the next, and may do better in the next round. */
    private static void each(Chore chore) throws InterruptedException {
        try {
            chore.run();
        } catch (RuntimeException e) {
            LOG.error("tls-chores-failed", e);
        }
    }

    /** To be stopped after those who count. A chore under way may end within the grace; then it is cut off. */
    @Override public void stop(Duration grace) {
        stopping.countDown();
        try {
            if (thread.getState() != Thread.State.NEW && !thread.join(grace.plusMillis(1))) {
                thread.interrupt();
                thread.join(CUT_OFF);
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
        reports.save();
    }
}
