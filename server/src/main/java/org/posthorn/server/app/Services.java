package org.posthorn.server.app;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import org.posthorn.server.Service;

/**
 * Services that start in order and stop in reverse, also when a start fails half-way.
 *
 * @param inOrder the first is started first and stopped last
 */
record Services(List<Service> inOrder) implements Service {

    Services {
        inOrder = List.copyOf(inOrder);
    }

    @Override public void start() throws IOException {
        var up = new ArrayDeque<Service>();
        try {
            for (var service : inOrder) {
                up.push(service);
                service.start();
            }
        } catch (IOException | RuntimeException e) {
            for (var service : up) {
                stop(service, Duration.ZERO, e);
            }
            throw e;
        }
    }

    @Override public void stop(Duration grace) {
        var failures = new IllegalStateException("not everything stopped as it should");
        for (var service : inOrder.reversed()) {
            stop(service, grace, failures);
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
