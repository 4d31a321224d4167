package org.posthorn.server.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.server.database.DatabaseConfig;
import org.posthorn.server.database.DerbyDatabase;

/** A long queue: how much work things are, counted and not timed. {@code .ci/backlog-check} does it with a million. */
class BacklogTest {

    private static final int MESSAGES = Integer.getInteger("posthorn.backlog", 6_000);
    private static final int COUNTED_AT_START = 1024;
    private static final int PAGE = 256;
    private static final int ROWS = 6;      // of a message with one variant and one recipient, and of their indexes
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir private static Path home;          // the queue is made once; what a test adds or settles is few
    private static DerbyDatabase derby;
    private static RowsRead database;
    private static Instant due;

    private final TestClock clock = new TestClock();
    private final TestDisk disk = new TestDisk();
    private DerbySpool spool;

    @BeforeAll static void fill() throws IOException {
        derby = new DerbyDatabase(DatabaseConfig.of(home), Instant::now);
        derby.start();
        database = new RowsRead(derby);
        var clock = new TestClock();
        due = clock.instant().plusSeconds(3600);
        var spool = new DerbySpool(SpoolConfig.of(home), derby, Disk.real(), clock);
        spool.start();
        Backlog.fill(spool, 1024, 600, "example.net", Backlog.REPLY, due);
        spool.stop(Duration.ZERO);
        Backlog.multiply(derby, MESSAGES);
    }

    @AfterAll static void close() {
        derby.stop(Duration.ZERO);
    }

    @BeforeEach void start() throws IOException {
        spool = new DerbySpool(SpoolConfig.of(home), database, disk, clock);
        spool.start();
    }

    @AfterEach void stop() {
        spool.stop(Duration.ofSeconds(5));
    }

    @Test void theStartCountsAFewAndTheRestBehindIt() throws IOException {
        spool.stop(Duration.ZERO);
        var store = new BodyStore(SpoolConfig.of(home), disk);
        var files = new JournalFiles(disk, SpoolConfig.of(home).journal(), 1 << 16);
        var ledger = new Ledger(database, files, new QueueIds(database, new SpoolTables()), store,
            new Damaged(SpoolConfig.of(home), store), new ActiveSet(20_000, clock), clock);
        var orphan = SpoolConfig.of(home).segments().resolve("0000000099.segment");
        Files.write(orphan, new byte[1]);
        store.start();
        assertThat(database.rows(ledger::start)).as("read before the first 220, however many there are")
            .isPositive().isLessThan(ROWS * COUNTED_AT_START);
        assertThat(ledger.counts().complete()).isFalse();
        ledger.move(unsettled(MESSAGES).getLast(), _ -> Optional.of(new RecipientState.Discarded("test")), "removed");
        ledger.move(unsettled(1).getLast(), _ -> Optional.of(new RecipientState.Held("test",
            new RecipientState.Failed("x"))), "held");
        assertThat(orphan).as("nothing goes before all is counted").exists();
        ledger.countOn(() -> false);
        assertThat(ledger.counts()).isEqualTo(new Spool.Counts(0, waiting() - 1, 1));
        assertThat(orphan).as("what nothing refers to goes then").doesNotExist();
        ledger.move(unsettled(1).getLast(), _ -> Optional.of(new RecipientState.Discarded("x")), "removed");
        ledger.list(0, 1);      // the tables know of it now
        assertThat(ledger.counts()).isEqualTo(new Spool.Counts(0, waiting(), 0));
        store.stop();
    }

    private static List<QueueId> unsettled(int most) {
        return derby.transaction(connection -> SpoolPages.unsettled(connection, 0, most));
    }

    private static long waiting() {
        return derby.transaction(connection -> SpoolTables.query(connection,
            "SELECT COUNT(*) FROM message WHERE settled = 0", 0, row -> row.getLong(1))).getFirst();
    }

    @Test void aPageReadsNoMoreRowsThanItShows() {
        awaitCounted();
        var middle = spool.list(Optional.empty(), MESSAGES / 2).getLast().id();
        var page = new ArrayList<SpooledMessage>();
        assertThat(database.rows(() -> page.addAll(spool.list(Optional.of(middle), PAGE))))
            .as("ids, messages, variants, attributes, recipients").isPositive().isLessThan(2 * ROWS * PAGE);
        assertThat(page).hasSize(PAGE);
        assertThat(database.rows(() -> {
            assertThat(spool.history(middle)).isNotEmpty();
            assertThat(spool.find(middle)).isPresent();
        })).as("of one message").isPositive().isLessThan(100);
    }

    @Test void whatIsDueIsReadOnceEvenIfAllBecameDueAtOnce() {
        awaitCounted();
        spool.startDelivery(_ -> true, clock.instant());
        var met = new HashSet<QueueId>();
        var rows = database.rows(() -> {
            for (var from = Optional.of(ActiveSet.Cursor.START); from.isPresent();) {
                var page = due(from.get());
                page.forEach(ready -> met.add(ready.id()));
                from = page.isEmpty() ? Optional.empty() : Optional.of(page.getLast().cursor());
            }
        });
        assertThat((long) met.size()).isEqualTo(waiting());
        assertThat(rows).as("once, and the end of each page once more").isBetween(waiting(), 2 * waiting());
    }

    private List<SpoolPages.Ready> due(ActiveSet.Cursor after) {
        return database.transaction(connection -> SpoolPages.ready(connection, RecipientRow.ROUTED, clock.millis(),
            after, PAGE));
    }

    @Test void whatIsMadeDueIsHandedOutOnceEach() throws Exception {
        awaitCounted();
        spool.startDelivery(_ -> true, clock.instant());
        var taken = new ArrayList<QueueId>();
        while (taken.size() < 1000) {
            spool.takeDue(100, LONG).forEach(message -> taken.add(message.id()));
        }
        assertThat(taken).doesNotHaveDuplicates();
    }

    @Test void askingForAllCountsEachOnceWhileOthersCommit() throws Exception {
        awaitCounted();
        var wanted = (int) waiting();
        var asked = new AtomicInteger();
        var began = clock.instant();
        clock.pass(Duration.ofMinutes(1));
        var started = spool.startDelivery(_ -> {
            if (asked.incrementAndGet() % 5000 == 0) {
                // Commits go on in between; what was made due is tried, and comes back with a later time.
                var message = TestMessages.routed(spool, clock.instant().plusSeconds(7200), "x", "young");
                spool.commit(Change.accept(message));
                spool.move(message.id(), _ -> Optional.of(new RecipientState.Discarded("test")), "removed");
                putOff();
            }
            return true;
        }, began.plusSeconds(1));
        assertThat(started.messages()).isEqualTo(wanted);
        assertThat(started.inHand()).isZero();
        assertThat(asked.get()).as("asked once for each").isEqualTo(wanted);
    }

    @Test void whatIsForgottenIsFoundWithoutLookingAtTheRest() {
        awaitCounted();
        var gone = unsettled(20);
        gone.forEach(id -> spool.move(id, _ -> Optional.of(new RecipientState.Discarded("test")), "removed"));
        spool.list(Optional.empty(), 1);        // the tables know of it now
        spool.tidy();                           // segments that other tests left behind are emptied
        clock.pass(Duration.ofDays(8));
        assertThat(database.rows(spool::tidy)).as("of five tables, and what of them is looked for")
            .isPositive().isLessThan(ROWS * 4 * gone.size());
        assertThat(gone).allSatisfy(id -> assertThat(spool.find(id)).isEmpty());
    }

    @Test void whatThePipelinePutOffIsTold() {
        var now = clock.instant();
        var later = new RecipientState.Pending("root", now.plusSeconds(900), 1, false);
        var putOff = TestMessages.message(spool, now, "x", later, "a", "b");
        var young = TestMessages.pending(spool, now, "x", "young");
        spool.commit(new Change(List.of(putOff, young), List.of()));
        var told = new HashSet<QueueId>();
        spool.putOff(now, id -> {
            told.add(id);
            spool.move(id, _ -> Optional.of(new RecipientState.Pending("root", now, 1, false)), "retried");
        });
        assertThat(told).containsExactly(putOff.id());
        spool.putOff(now, id -> assertThat(id).as("it is due").isNull());
        for (var id : List.of(putOff.id(), young.id())) {
            spool.move(id, _ -> Optional.of(new RecipientState.Discarded("test")), "removed");
        }
    }

    private void putOff() {
        try {
            for (var claimed : spool.takeDue(10, Duration.ZERO)) {
                spool.commit(Change.settle(Settlement.outcomes(claimed.id(), TestMessages.all(claimed,
                    TestMessages.toExampleNet(due.plusSeconds(7200), 2, "450")), List.of())));
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitCounted() {
        spool.tidy();       // does not return before all is counted
        assertThat(spool.counts().complete()).isTrue();
    }
}
