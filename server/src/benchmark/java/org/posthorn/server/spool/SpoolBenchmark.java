package org.posthorn.server.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.posthorn.server.database.DatabaseConfig;
import org.posthorn.server.database.DerbyDatabase;

/** The committer on a disk: a message is kept, delivered and forgotten, alone or beside others that share its flush. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class SpoolBenchmark {

    /** The size of a message. */
    @Param({"4096", "65536"})
    public int octets;

    private Path home;
    private DerbyDatabase database;
    private DerbySpool spool;
    private String text;

    /** A spool in a folder of its own. */
    @Setup(Level.Trial) public void open() throws IOException {
        home = Files.createTempDirectory("posthorn-benchmark");
        text = "x".repeat(octets);
        database = new DerbyDatabase(DatabaseConfig.of(home), InstantSource.system());
        database.start();
        spool = new DerbySpool(SpoolConfig.of(home), database, Disk.real(), InstantSource.system());
        spool.start();
    }

    /** One at a time. */
    @Benchmark @Threads(1) public void oneThread() throws InterruptedException {
        keepAndSettle();
    }

    /** Twenty at a time. */
    @Benchmark @Threads(20) public void twentyThreads() throws InterruptedException {
        keepAndSettle();
    }

    private void keepAndSettle() throws InterruptedException {
        spool.commit(Change.accept(TestMessages.routed(spool, Instant.now(), text, "a")));
        var claimed = spool.takeDue(1, Duration.ofSeconds(10)).getFirst();
        spool.commit(Change.settle(Settlement.outcomes(claimed.id(),
            TestMessages.all(claimed, new RecipientState.Delivered("250 Ok")),
            List.of(new Event(Instant.now(), "a@example.net", "delivered", "250 Ok")))));
    }

    /** Removes the folder. */
    @TearDown(Level.Trial) public void close() throws IOException {
        spool.stop(Duration.ofSeconds(10));
        database.stop(Duration.ofSeconds(10));
        try (var files = Files.walk(home)) {
            for (var file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.delete(file);
            }
        }
    }
}
