package org.posthorn.server.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.posthorn.server.spool.TestMessages.from;
import static org.posthorn.server.spool.TestMessages.pending;
import static org.posthorn.server.spool.TestMessages.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
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
    private final TestDisk disk = new TestDisk();
    private DerbyDatabase database;
    private SpoolConfig config;
    private DerbySpool spool;

    private void start(int activeLimit, long draftMemory) throws IOException {
        start(activeLimit, draftMemory, LONG);
    }

    private void start(int activeLimit, long draftMemory, Duration patience) throws IOException {
        config = new SpoolConfig(home.resolve("data"), 4096, 1024, activeLimit, Duration.ofDays(7), 256, 1000,
            patience, 100, draftMemory, 0);
        database = new DerbyDatabase(DatabaseConfig.of(home), Instant::now);
        spool = new DerbySpool(config, database, disk, clock);
        database.start();
        spool.start();
    }

    @AfterEach void stop() {
        disk.release();
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

    /** The mailing fills all that is kept in memory, and has more in the tables. */
    @Test void aLongMailingDoesNotHoldUpOneMessage() throws Exception {
        start(400, 1 << 20);
        var many = new String[200];
        Arrays.setAll(many, number -> "u" + number);
        for (var part = 0; part < 5; part++) {
            spool.commit(Change.accept(from("news+" + part, pending(spool, clock.instant(), "mailing", many))));
        }
        assertThat(spool.lags()).isTrue();
        take();
        spool.commit(Change.accept(from("bob", pending(spool, clock.instant(), "one message", "ann"))));
        assertThat(text(take().variants().getFirst().content())).isEqualTo("one message");
        spool.commit(Change.accept(from("news+9", pending(spool, clock.instant(), "more of it", "ann"))));
        spool.commit(Change.accept(from("news", pending(spool, clock.instant(), "and more", "ann"))));
        for (var part = 1; part < 5; part++) {
            var claimed = take();
            assertThat(text(claimed.variants().getFirst().content())).isEqualTo("mailing");
            spool.commit(Change.settle(Settlement.outcomes(claimed.id(), TestMessages.all(claimed,
                new RecipientState.Discarded("test")), List.of())));
        }
        assertThat(text(take().variants().getFirst().content())).isEqualTo("more of it");
    }

    /** Whose mail is all small has no more than an eighth besides the limit, all together. */
    @Test void manySendersGetNoMoreThanIsInReserve() throws Exception {
        start(8, 1 << 20);
        for (var sender = 0; sender < 12; sender++) {
            spool.commit(Change.accept(from("s" + sender, pending(spool, clock.instant(), "text " + sender, "a"))));
        }
        for (var sender = 0; sender < 12; sender++) {
            assertThat(text(take().variants().getFirst().content())).isEqualTo("text " + sender);
        }
    }

    /** The one whose flush hangs cannot be taken back any more: it may be on the disk. */
    @Test void aChangeWhoseTurnDoesNotComeIsTakenBack() throws Exception {
        start(100, 1 << 20, Duration.ofMillis(50));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            disk.hold();
            var one = pending(spool, clock.instant(), "one", "a");
            var hangs = threads.submit(() -> spool.commit(Change.accept(one)));
            disk.awaitHeld();
            var two = pending(spool, clock.instant(), "two", "b");
            assertThatExceptionOfType(SpoolException.class).isThrownBy(() -> spool.commit(Change.accept(two)))
                .withMessage("the disk is too slow");
            assertThat(spool.waiting()).isZero();
            assertThat(hangs.isDone()).isFalse();
            disk.release();
            hangs.get();
        }
        assertThat(take().recipients()).extracting(recipient -> recipient.recipient().mailbox().localPart())
            .containsExactly("a");
        assertThat(spool.counts().pending()).isEqualTo(1);
    }

    private SpooledMessage take() throws InterruptedException {
        return spool.takePending(LONG).orElseThrow();
    }
}
