package org.posthorn.server.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.posthorn.server.spool.TestMessages.all;
import static org.posthorn.server.spool.TestMessages.pending;
import static org.posthorn.server.spool.TestMessages.routed;
import static org.posthorn.server.spool.TestMessages.text;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.server.database.DatabaseConfig;
import org.posthorn.server.database.DerbyDatabase;
import org.posthorn.server.database.FaultyStorage;

/**
 * The disk under spool and database fails at every write and flush of a commit in turn: the change is refused as
 * temporary, all goes on without a restart, and what was refused is not there, before a restart and after it. The
 * property {@code posthorn.faults} sets how many points are tried.
 */
class DatabaseFaultsTest {

    private static final String FULL = "No space left on device";
    private static final String BROKEN = "Input/output error";
    private static final int ROUNDS = Integer.getInteger("posthorn.faults", 4);
    private static final String LONG_TEXT = "history ".repeat(490);     // so that the log fills
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir private static Path databaseHome;
    private static DerbyDatabase database;

    @TempDir private Path home;
    private final TestClock clock = new TestClock();
    private final Map<QueueId, String> acknowledged = new HashMap<>();
    private final List<QueueId> settled = new ArrayList<>();
    private DerbySpool spool;
    private int next;

    @BeforeAll static void openDatabase() throws IOException {
        FaultyStorage.register();
        database = FaultyStorage.database(DatabaseConfig.of(databaseHome));
        database.start();
    }

    @AfterAll static void closeDatabase() {
        database.stop(Duration.ZERO);
        FaultyStorage.unregister();
    }

    @BeforeEach void open() throws IOException {
        TestTables.clear(database);
        spool = new DerbySpool(SpoolConfig.of(home), database, new FaultyDisk(), clock);
        spool.start();
        assertThat(spool.nextId()).isNotNull();     // a block of ids is there
    }

    @AfterEach void close() {
        FaultyStorage.mend();
        spool.stop(Duration.ofSeconds(5));
    }

    @Test void aMessageRefusedAtAnyPointIsNotThereAndTheRestGoesOn() throws Exception {
        var saidFull = 0;
        for (var round = 0; round < ROUNDS; round++) {
            var full = round % 2 == 0;
            if (full) {
                FaultyStorage.failFrom(point(round), FULL);
            } else {
                FaultyStorage.failOnce(point(round), BROKEN);
            }
            var refused = acceptUntilRefused();
            saidFull += refused.filter(SpoolException::isFull).isPresent() ? 1 : 0;
            if (full) {
                assertThat(refused).as("point %d", point(round)).isPresent();
                assertThat(failure(Change.accept(message("still refused")))).isPresent();
            } else {
                refused.ifPresent(e -> assertThat(e.isFull()).as(e.getMessage()).isFalse());
            }
            FaultyStorage.mend();
            acceptAtLast();
            check("after round " + round);
        }
        assertThat(saidFull).isPositive();      // where it is a page that cannot be written, Derby does not say why
        restart();
        check("after a restart");
    }

    @Test void anOutcomeRefusedAtAnyPointIsWrittenWhenTriedAgain() throws Exception {
        for (var round = 0; round < ROUNDS; round++) {
            FaultyStorage.failFrom(point(round), FULL);
            for (var refused = false; !refused;) {
                refused = settleOne();
            }
            check("after round " + round);
            checkSettled();
        }
        assertThat(spool.counts().routed()).isZero();
        restart();
        check("after a restart");
        assertThat(spool.counts().routed()).isZero();
        checkSettled();
    }

    @Test void theTablesLearnOfEverythingOnceWhereverTheDiskFailsMeanwhile() throws Exception {
        var refusals = 0;
        for (var round = 0; round < 2 * ROUNDS; round++) {
            acceptAtLast();
            var known = routed(spool, clock.instant(), "known", "a", "b");
            untilCommitted(Change.accept(known));
            assertThat(spool.find(known.id())).as("the tables know it").isPresent();
            untilCommitted(Change.accept(routed(spool, clock.instant(), "past soon", "c")));
            for (var left = 2; left > 0;) {
                for (var claimed : spool.takeDue(9, LONG)) {
                    untilCommitted(Change.settle(Settlement.outcomes(claimed.id(),
                        all(claimed, new RecipientState.Delivered("250 ok")),
                        List.of(new Event(clock.instant(), "", "delivered", LONG_TEXT)))));
                    settled.add(claimed.id());
                    left--;
                }
            }
            if (round % 2 == 0) {
                FaultyStorage.failFrom(round / 2, FULL);
            } else {
                FaultyStorage.failOnce(round / 2, BROKEN);
            }
            refusals += readable() ? 0 : 1;
            FaultyStorage.mend();
            untilReadable();
            check("after round " + round);
            checkSettled();
        }
        assertThat(refusals).isPositive();
        restart();
        check("after a restart");
        checkSettled();
        assertThat(spool.counts().routed()).isZero();
    }

    private void untilReadable() {
        var end = System.nanoTime() + LONG.toNanos();
        while (!readable()) {
            assertThat(System.nanoTime()).isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
    }

    /** What is journalled is written into the tables first. */
    private boolean readable() {
        try {
            spool.find(new QueueId(1));
            return true;
        } catch (SpoolException e) {
            return false;
        }
    }

    /** Spread over what a change of the log file and a writing of pages take. */
    private static int point(int round) {
        return round * 17 % 101;
    }

    /** Two recipients delivered, and a report in the same change; true when the disk failed on the way. */
    private boolean settleOne() throws Exception {
        var message = routed(spool, clock.instant(), "out", "a", "b");
        if (failure(Change.accept(message)).isPresent()) {
            FaultyStorage.mend();
            acceptAtLast();
            return true;
        }
        var claims = claims();
        var unreadable = claims.isEmpty();
        if (unreadable) {
            FaultyStorage.mend();
            untilReadable();
            claims = spool.takeDue(1, LONG);
        }
        var claimed = claims.getFirst();
        assertThat(claimed.id()).isEqualTo(message.id());
        var text = "report " + next++;
        var report = message(text);
        var change = new Change(List.of(report), List.of(Settlement.outcomes(claimed.id(),
            all(claimed, new RecipientState.Delivered("250 ok")),
            List.of(new Event(clock.instant(), "", "delivered", LONG_TEXT)))));
        var refused = failure(change);
        if (refused.isPresent()) {
            FaultyStorage.mend();
            untilCommitted(change);
        }
        acknowledged.put(report.id(), text);
        settled.add(message.id());
        return unreadable || refused.isPresent();
    }

    /** None when the tables could not be read. */
    private List<SpooledMessage> claims() throws InterruptedException {
        try {
            return spool.takeDue(1, LONG);
        } catch (SpoolException e) {
            return List.of();
        }
    }

    private void checkSettled() {
        for (var id : settled) {
            assertThat(TestMessages.words(spool, id)).containsOnlyOnce("delivered");
            assertThat(spool.find(id).orElseThrow().recipients()).extracting(QueuedRecipient::state)
                .containsOnly(new RecipientState.Delivered("250 ok"));
        }
    }

    private NewMessage message(String text) {
        var short1 = pending(spool, clock.instant(), text, "a");
        return new NewMessage(short1.id(), short1.origin(), short1.variants(), short1.recipients(),
            List.of(new Event(clock.instant(), "", "received", LONG_TEXT)));
    }

    /** Empty when Derby got over a single failure by itself. */
    private Optional<SpoolException> acceptUntilRefused() {
        for (var tries = 0; tries < 120; tries++) {
            var text = "text " + next++;
            var message = message(text);
            var failure = failure(Change.accept(message));
            if (failure.isPresent()) {
                return failure;
            }
            acknowledged.put(message.id(), text);
        }
        return Optional.empty();
    }

    private Optional<SpoolException> failure(Change change) {
        try {
            spool.commit(change);
            return Optional.empty();
        } catch (SpoolException e) {
            return Optional.of(e);
        }
    }

    private void acceptAtLast() {
        var text = "text " + next++;
        var message = message(text);
        untilCommitted(Change.accept(message));
        acknowledged.put(message.id(), text);
    }

    private void untilCommitted(Change change) {
        var end = System.nanoTime() + LONG.toNanos();
        for (var failure = failure(change); failure.isPresent(); failure = failure(change)) {
            if (System.nanoTime() > end) {
                throw failure.get();
            }
            LockSupport.parkNanos(10_000_000);
        }
    }

    private void check(String when) throws IOException {
        untilReadable();        // the database may still be opening again
        var found = new ArrayList<QueueId>();
        for (var message : spool.list(Optional.empty(), 9999)) {
            found.add(message.id());
            assertThat(text(message.variants().getFirst().content())).as(when)
                .isEqualTo(acknowledged.get(message.id()));
        }
        assertThat(found).as(when).containsExactlyInAnyOrderElementsOf(acknowledged.keySet());
        assertThat(spool.counts().pending()).as(when).isEqualTo(acknowledged.size());
    }

    private void restart() throws IOException {
        spool.stop(LONG);
        database.stop(LONG);
        database.start();
        spool = new DerbySpool(SpoolConfig.of(home), database, new FaultyDisk(), clock);
        spool.start();
    }
}
