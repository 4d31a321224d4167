package org.posthorn.server.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.posthorn.server.database.DatabaseConfig;
import org.posthorn.server.database.DerbyDatabase;

/**
 * Measures the spool alone: threads that accept messages, then as many that take and settle them. No test: run its main
 * with the test class path and the arguments {@code 20 10000 4096}.
 */
final class SpoolLoad {

    private SpoolLoad() {
    }

    /** Arguments: threads, messages, octets of each. */
    static void main(String[] arguments) throws Exception {
        var threads = Integer.parseInt(arguments[0]);
        var messages = Integer.parseInt(arguments[1]);
        var text = "x".repeat(Integer.parseInt(arguments[2]));
        var home = Files.createTempDirectory("posthorn-load");
        var database = new DerbyDatabase(DatabaseConfig.of(home), InstantSource.system());
        database.start();
        var spool = new DerbySpool(SpoolConfig.of(home), database, Disk.real(), InstantSource.system());
        spool.start();
        try {
            for (var round = 1; round <= 3; round++) {
                report(round + " accept", messages, time(threads, messages, () ->
                    spool.commit(Change.accept(TestMessages.routed(spool, Instant.now(), text, "a")))));
                report(round + " settle", messages, time(threads, messages, () -> {
                    var claimed = spool.takeDue(1, Duration.ofSeconds(10)).getFirst();
                    spool.commit(Change.settle(Settlement.outcomes(claimed.id(),
                        TestMessages.all(claimed, new RecipientState.Delivered("250 Ok")), claimed.recipients().stream()
                            .map(_ -> new Event(Instant.now(), "a@example.net", "delivered", "250 Ok")).toList())));
                }));
            }
        } finally {
            spool.stop(Duration.ofSeconds(10));
            database.stop(Duration.ofSeconds(10));
            delete(home);
        }
    }

    private interface Step {
        void run() throws InterruptedException;
    }

    private static Duration time(int threads, int messages, Step step) throws InterruptedException {
        var left = new AtomicInteger(messages);
        var done = new CountDownLatch(threads);
        var began = System.nanoTime();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var i = 0; i < threads; i++) {
                executor.submit(() -> {
                    try {
                        while (left.getAndDecrement() > 0) {
                            step.run();
                        }
                    } finally {
                        done.countDown();
                    }
                    return null;
                });
            }
            done.await();
        }
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private static void report(String what, int messages, Duration took) {
        IO.println("%s: %d messages in %d ms, %.0f/s".formatted(what, messages, took.toMillis(),
            messages * 1e9 / took.toNanos()));
    }

    private static void delete(Path home) throws IOException {
        try (var all = Files.walk(home)) {
            for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
