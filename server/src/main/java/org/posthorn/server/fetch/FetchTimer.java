package org.posthorn.server.fetch;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.posthorn.server.Service;
import org.posthorn.server.log.EventLog;

/**
 * Asks each upstream when this server has started, and then again and again: a thread for each, {@code fetch-NAME}. The
 * time between goes by a clock that does not step.
 */
@Singleton
public final class FetchTimer implements Service {

    private static final EventLog LOG = EventLog.of(FetchTimer.class);

    private final FetchConfig config;
    private final Errands errands;
    private final CountDownLatch stopping = new CountDownLatch(1);

    @Inject FetchTimer(FetchConfig config, Errands errands) {
        this.config = config;
        this.errands = errands;
    }

    @Override public void start() {
        for (var upstream : config.upstreams()) {
            Thread.ofVirtual().name("fetch-" + upstream.name()).start(() -> keepAsking(upstream));
        }
    }

    @Override public void stop(Duration grace) {
        stopping.countDown();
    }

    private void keepAsking(Upstream upstream) {
        try {
            if (upstream.atStart()) {
                ask(upstream);
            }
            while (upstream.every().isPositive()
                && !stopping.await(upstream.every().toMillis(), TimeUnit.MILLISECONDS)) {
                ask(upstream);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask(Upstream upstream) {
        try {
            switch (errands.run(upstream.errand())) {
                case Report.Failed(var why) -> failed(upstream, why);
                case Report.Answered(var reply, var messages) ->
                    LOG.info("fetched", "upstream", upstream.name(), "reply", reply, "messages", messages);
            }
        } catch (IOException | RuntimeException e) {
            failed(upstream, String.valueOf(e.getMessage()));   // the next time may do better
        }
    }

    /** A line that is down is why there is an upstream at all. */
    private static void failed(Upstream upstream, String why) {
        LOG.warn("not-fetched", "upstream", upstream.name(), "why", why);
    }
}
