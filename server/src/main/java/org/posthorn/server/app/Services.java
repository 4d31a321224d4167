package org.posthorn.server.app;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.LongSupplier;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.server.Service;

/**
 * Services that start in order and stop in reverse, also when a start fails half-way.
 *
 * @param inOrder the first is started first and stopped last
 * @param nanos as {@link System#nanoTime}
 */
record Services(List<Service> inOrder, LongSupplier nanos) implements Service {

    /** For what is up when another fails to start: workers end by themselves, instead of in the middle of a query. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    Services {
        inOrder = List.copyOf(inOrder);
    }

    Services(List<Service> inOrder) {
        this(inOrder, System::nanoTime);
    }

    @Override public void start() throws IOException {
        var up = new ArrayDeque<Service>();
        try {
            for (var service : inOrder) {
                up.push(service);
                service.start();
            }
        } catch (IOException | RuntimeException e) {
            var end = Deadline.in(GRACE, nanos);
            for (var service : up) {
                stop(service, end.left(), e);
            }
            throw e;
        }
    }

    /** The grace is for all of them together: each has what those before it have left. */
    @Override public void stop(Duration grace) {
        var end = Deadline.in(grace, nanos);
        var failures = new IllegalStateException("not everything stopped as it should");
        for (var service : inOrder.reversed()) {
            stop(service, end.left(), failures);
        }
        if (failures.getSuppressed().length > 0) {
            throw failures;
        }
    }

    private static void stop(Service service, Duration grace, Exception failures) {
        try {
            service.stop(grace);
        } catch (RuntimeException e) {
            failures.addSuppressed(e);
        }
    }
}
