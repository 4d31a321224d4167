package org.posthorn.server.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.posthorn.server.spool.TestMessages.pending;
import static org.posthorn.server.spool.TestMessages.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.server.database.DatabaseConfig;
import org.posthorn.server.database.DerbyDatabase;

/** What the spool holds in memory, at its borders. */
class SpoolBoundsTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir private Path home;
    private final TestClock clock = new TestClock();
    private DerbyDatabase database;
    private SpoolConfig config;
    private DerbySpool spool;

    private void start(int activeLimit, long draftMemory) throws IOException {
        config = new SpoolConfig(home.resolve("data"), 4096, 1024, activeLimit, Duration.ofDays(7), 256, 1000, LONG,
            100, draftMemory);
        database = new DerbyDatabase(DatabaseConfig.of(home), Instant::now);
        spool = new DerbySpool(config, database, Disk.real(), clock);
        database.start();
        spool.start();
    }

    @AfterEach void stop() {
        spool.stop(LONG);
        database.stop(LONG);
    }

    @Test void draftsOverTheirMemoryGoOnInFiles() throws Exception {
        start(100, 2048);
        var messages = new ArrayList<NewMessage>();
        for (var number = 0; number < 3; number++) {
            messages.add(pending(spool, clock.instant(), String.valueOf(number).repeat(1000), "a"));
            assertThat(spool.draftMemory()).isEqualTo(Math.min(2, number + 1) * 1024L);
        }
        try (var files = Files.list(config.files())) {
            assertThat(files).as("of the third").hasSize(1);
        }
        messages.forEach(message -> spool.commit(Change.accept(message)));
        assertThat(spool.draftMemory()).isZero();
        for (var number = 0; number < 3; number++) {
            assertThat(text(take().variants().getFirst().content())).isEqualTo(String.valueOf(number).repeat(1000));
        }
        try (var forgotten = spool.draft()) {
            forgotten.out().write(new byte[10]);
            assertThat(spool.draftMemory()).isEqualTo(1024);
        }
        assertThat(spool.draftMemory()).isZero();
    }

    @Test void itLagsWhileMoreIsReadyThanIsKeptInMemory() throws Exception {
        start(2, 1 << 20);
        spool.commit(Change.accept(pending(spool, clock.instant(), "one", "a")));
        assertThat(spool.lags()).isFalse();
        spool.commit(Change.accept(pending(spool, clock.instant(), "two", "b")));
        assertThat(spool.lags()).isTrue();
        var claimed = take();
        assertThat(spool.lags()).as("what is in hand is in memory").isTrue();
        spool.commit(Change.settle(Settlement.outcomes(claimed.id(), TestMessages.all(claimed,
            new RecipientState.Discarded("test")), List.of())));
        assertThat(spool.lags()).isFalse();
    }

    private SpooledMessage take() throws InterruptedException {
        return spool.takePending(LONG).orElseThrow();
    }
}
