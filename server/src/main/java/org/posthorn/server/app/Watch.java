package org.posthorn.server.app;

import jakarta.inject.Inject;
import java.time.Duration;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.server.Service;

/** Runs the one watch over the deadlines of all connections, from before the first to after the last. */
final class Watch implements Service {

    private final DeadlineWatch watch;

    @Inject Watch(DeadlineWatch watch) {
        this.watch = watch;
    }

    @Override public void start() {
        watch.start();
    }

    @Override public void stop(Duration grace) {
        watch.stop();
    }
}
