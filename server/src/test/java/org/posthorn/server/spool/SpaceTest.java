package org.posthorn.server.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.server.database.DatabaseConfig;
import org.posthorn.server.database.DerbyDatabase;

/** The disk's space after many messages: it comes back without a stop, in short steps. */
class SpaceTest {

    private static final int MESSAGES = Integer.getInteger("posthorn.backlog", 6_000);

    @TempDir private Path home;
    private final TestDisk disk = new TestDisk();
    private SpoolConfig config;
    private DerbyDatabase derby;
    private RowsRead database;
    private DerbySpool spool;

    @BeforeEach void start() throws IOException {
        derby = new DerbyDatabase(DatabaseConfig.of(home), Instant::now);
        derby.start();
        database = new RowsRead(derby);
        var defaults = SpoolConfig.of(home);
        config = new SpoolConfig(defaults.data(), 64 << 10, defaults.inlineLimit(), defaults.activeLimit(),
            Duration.ZERO, defaults.batch(), defaults.waiting(), defaults.patience(), defaults.reserve());
        spool = new DerbySpool(config, database, disk, InstantSource.system());
        spool.start();
    }

    @AfterEach void stop() {
        spool.stop(Duration.ofSeconds(5));
        derby.stop(Duration.ofSeconds(5));
    }

    @Test void afterAnEmptiedQueueTheDirectoryIsSmallAgain() throws IOException {
        Backlog.fill(spool, 1024, 600, "example.net", Instant.now().plusSeconds(3600));
        Backlog.multiply(derby, MESSAGES);
        var full = tables();
        assertThat(full).as("the queue takes its room").isGreaterThan(8 << 20);
        Backlog.settle(derby);
        database.transactions();
        spool.tidy();
        assertThat(database.transactions()).as("removed in many short steps").isGreaterThan(MESSAGES / 256);
        assertThat(spool.list(Optional.empty(), 1)).isEmpty();
        assertThat(tables()).as("the rows' room is given back").isLessThan(full / 4);
        spool.commit(Change.accept(TestMessages.pending(spool, Instant.now(), "goes on", "a")));
    }

    @Test void theLastBodiesOfManySegmentsMoveByOneForce() throws IOException {
        Backlog.fill(spool, 1024, 600, "example.net", Instant.now().plusSeconds(3600));
        var before = segments();
        var forces = disk.forces();
        var all = spool.list(Optional.empty(), 2000);
        for (var i = 0; i < all.size(); i++) {
            if (i % 16 != 0) {
                spool.move(all.get(i).id(), _ -> Optional.of(new RecipientState.Discarded("test")), "removed");
            }
        }
        spool.tidy();
        spool.tidy();
        // The spool's own rounds may have come in between.
        assertThat(disk.forces() - forces).as("for 64 bodies").isBetween(1, 30);
        assertThat(segments()).isLessThanOrEqualTo(before / 4);
        for (var i = 0; i < all.size(); i += 16) {
            assertThat(TestMessages.text(spool.find(all.get(i).id()).orElseThrow().variants().getFirst().content()))
                .startsWith("Subject: backlog");
        }
    }

    private int segments() throws IOException {
        try (var files = Files.list(config.segments())) {
            return List.copyOf(files.toList()).size();
        }
    }

    private long tables() throws IOException {
        try (var files = Files.walk(home.resolve("data/database/seg0"))) {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
