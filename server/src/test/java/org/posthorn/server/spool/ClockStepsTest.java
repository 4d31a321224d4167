package org.posthorn.server.spool;

import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.posthorn.server.spool.TestMessages.all;
import static org.posthorn.server.spool.TestMessages.routed;
import static org.posthorn.server.spool.TestMessages.toExampleNet;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.server.database.DatabaseConfig;
import org.posthorn.server.database.DerbyDatabase;

/** The clock steps an hour, back and forth, while the spool runs and while it does not. */
class ClockStepsTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LONG = Duration.ofSeconds(20);
    @TempDir private static Path databaseHome;      // one for all: making a database takes a second or more
    private static DerbyDatabase database;

    @TempDir private Path home;
    private final TestClock clock = new TestClock();
    private DerbySpool spool;

    @BeforeAll static void openDatabase() throws IOException {
        database = new DerbyDatabase(DatabaseConfig.of(databaseHome), Instant::now);
        database.start();
    }

    @AfterAll static void closeDatabase() {
        database.stop(ZERO);
    }

    @BeforeEach void open() throws IOException {
        TestTables.clear(database);
        start();
    }

    private void start() throws IOException {
        spool = new DerbySpool(SpoolConfig.of(home), database, Disk.real(), clock);
        spool.start();
    }

    @AfterEach void close() {
        spool.stop(LONG);
    }

    private void step(Duration by, boolean whileStopped) throws IOException {
        if (whileStopped) {
            spool.stop(LONG);
        }
        clock.pass(by);
        if (whileStopped) {
            start();
        }
    }

    @Test void idsNeverRepeatAndAlwaysGrow() throws Exception {
        var ids = new ArrayList<QueueId>();
        for (var stopped : List.of(false, true)) {
            for (var by : List.of(HOUR.negated(), HOUR, HOUR, HOUR.negated(), HOUR.negated())) {
                for (var i = 0; i < 3; i++) {
                    ids.add(spool.nextId());
                }
                step(by, stopped);
            }
        }
        assertThat(ids).doesNotHaveDuplicates().isSorted();
    }

    @Test void whatIsReadyIsTakenWhicheverWayTheClockSteps() throws Exception {
        for (var stopped : List.of(false, true)) {
            for (var by : List.of(HOUR, HOUR.negated(), HOUR)) {
                var message = accept();
                step(by, stopped);
                if (stopped && by.isNegative()) {
                    assertThat(spool.takeDue(9, ZERO)).as("its due time lies ahead now").isEmpty();
                    clock.pass(HOUR);
                }
                var claimed = spool.takeDue(9, LONG);
                assertThat(claimed).extracting(SpooledMessage::id).containsExactly(message.id());
                settle(claimed.getFirst(), new RecipientState.Delivered("250 ok"));
            }
        }
    }

    @Test void aStepBackMakesDeferredMailWaitForTheStepOnce() throws Exception {
        accept();
        settle(spool.takeDue(1, LONG).getFirst(), toExampleNet(clock.instant().plusSeconds(300), 1, "451 later"));
        clock.pass(HOUR.negated());
        clock.pass(Duration.ofSeconds(300));
        assertThat(spool.takeDue(9, ZERO)).isEmpty();
        clock.pass(HOUR);
        settle(spool.takeDue(1, LONG).getFirst(), toExampleNet(clock.instant().plusSeconds(300), 2, "451 later"));
        clock.pass(Duration.ofSeconds(299));
        assertThat(spool.takeDue(9, ZERO)).isEmpty();
        clock.pass(Duration.ofSeconds(1));
        assertThat(spool.takeDue(9, LONG)).hasSize(1);
    }

    @Test void historyIsInTheOrderInWhichThingsHappened() throws Exception {
        var message = accept();
        for (var i = 1; i <= 4; i++) {
            var claimed = spool.takeDue(1, LONG).getFirst();
            var line = new Event(clock.instant(), "", "step " + i, "");
            spool.commit(Change.settle(Settlement.outcomes(claimed.id(),
                all(claimed, toExampleNet(clock.instant().minus(HOUR.multipliedBy(5)), i, "451 later")),
                List.of(line))));
            clock.pass(HOUR.negated());
        }
        assertThat(TestMessages.words(spool, message.id()))
            .containsExactly("received", "step 1", "step 2", "step 3", "step 4");
    }

    private NewMessage accept() {
        var message = routed(spool, clock.instant(), "text", "a");
        spool.commit(Change.accept(message));
        return message;
    }

    private void settle(SpooledMessage claimed, RecipientState state) {
        spool.commit(Change.settle(Settlement.outcomes(claimed.id(), all(claimed, state), List.of())));
    }
}
