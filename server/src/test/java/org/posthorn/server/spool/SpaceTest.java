package org.posthorn.server.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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

    private static final int MESSAGES = Integer.getInteger("posthorn.backlog", 4_000);
    private static final long KEPT = 2 << 20;       // octets of free pages that a table keeps

    @TempDir private Path home;
    private final TestClock clock = new TestClock();
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
        spool = new DerbySpool(config, database, disk, clock);
        spool.start();
    }

    @AfterEach void stop() {
        spool.stop(Duration.ofSeconds(5));
        derby.stop(Duration.ofSeconds(5));
    }

    @Test void afterAnEmptiedQueueTheDirectoryIsSmallAgain() throws IOException {
        var kept = tables() + KEPT * SpoolTables.NAMES.size();
        var wordy = "450 4.4.1 " + "x".repeat(1980);     // wide rows, so that few of them take much room
        Backlog.fill(spool, 1024, 600, "example.net", wordy, clock.instant().plusSeconds(3600));
        Backlog.multiply(derby, MESSAGES);
        assertThat(tables()).as("the queue takes more room than may stay").isGreaterThan(kept * 5 / 4);
        Backlog.settle(derby);
        database.transactions();
        spool.tidy();
        assertThat(database.transactions()).as("removed in many short steps").isGreaterThan(MESSAGES / 256);
        assertThat(spool.list(Optional.empty(), 1)).isEmpty();
        assertThat(tables()).as("the rows' room is given back").isLessThan(kept);
        spool.commit(Change.accept(TestMessages.pending(spool, clock.instant(), "goes on", "a")));
    }

    @Test void theLastBodiesOfManySegmentsMoveByOneForce() throws Exception {
        Backlog.fill(spool, 1024, 600, "example.net", Backlog.REPLY, clock.instant().minusSeconds(7200));
        var before = segments();
        var left = settleAllButEvery(16);
        assertThat(left).hasSize(64);
        var forces = disk.forces();
        spool.tidy();
        // The spool's own round may have come in between, with the search that may be made now.
        clock.pass(Duration.ofHours(1));
        spool.tidy();
        assertThat(disk.forces() - forces).as("for 64 bodies").isBetween(1, 4);
        assertThat(segments()).as("the last two, and those before are gone").isLessThanOrEqualTo(before / 4);
        for (var id : left) {
            assertThat(TestMessages.text(spool.find(id).orElseThrow().variants().getFirst().content()))
                .startsWith("Subject: backlog");
        }
    }

    /** Takes all that is due; some of it is put off, the rest discarded. */
    private List<QueueId> settleAllButEvery(int some) throws InterruptedException {
        var left = new ArrayList<QueueId>();
        var count = 0;
        for (var taken = spool.takeDue(256, Duration.ZERO); !taken.isEmpty();
             taken = spool.takeDue(256, Duration.ZERO)) {
            var settled = new ArrayList<Settlement>();
            for (var message : taken) {
                var stays = count++ % some == 0;
                settled.add(Settlement.outcomes(message.id(), TestMessages.all(message, stays
                    ? TestMessages.toExampleNet(clock.instant().plusSeconds(7200), 2, "450")
                    : new RecipientState.Discarded("test")), List.of()));
                if (stays) {
                    left.add(message.id());
                }
            }
            spool.commit(new Change(List.of(), settled));
        }
        return left;
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
