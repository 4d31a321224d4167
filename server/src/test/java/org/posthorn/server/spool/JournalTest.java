package org.posthorn.server.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.server.database.Database;
import org.posthorn.server.database.DatabaseConfig;
import org.posthorn.server.database.DatabaseException;
import org.posthorn.server.database.DerbyDatabase;

class JournalTest {

    private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_000L);
    @TempDir private static Path home;
    private static Database derby;

    private final InDoubt database = new InDoubt();
    private final Doubt doubt = new Doubt(database);
    private final AtomicInteger forgotten = new AtomicInteger();
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicLong passed = new AtomicLong(Long.MAX_VALUE - 5);   // a clock of nanoseconds may run over
    private final TestDisk disk = new TestDisk();
    @TempDir private Path own;
    private Journal journal;

    /** The database; commits that fail when told so, whether they happened or not. */
    private static final class InDoubt implements Database {
        private Optional<Boolean> happens = Optional.empty();
        private int before;         // transactions that are not in doubt
        private int transactions;

        @Override public <T> T transaction(Work<T> work) {
            transactions++;
            if (happens.isEmpty() || before-- > 0) {
                return derby.transaction(work);
            }
            var committed = happens.get();
            happens = Optional.empty();
            if (committed) {
                derby.transaction(work);
            }
            throw new DatabaseException("the answer to a commit was lost", new SQLException(), true);
        }

        @Override public void start() {
            // It runs.
        }

        @Override public void stop(Duration grace) {
            // Its owner does that.
        }
    }

    @BeforeAll static void open() throws IOException {
        derby = new DerbyDatabase(DatabaseConfig.of(home), Instant::now);
        derby.start();
    }

    @AfterAll static void close() {
        derby.stop(Duration.ofSeconds(5));
    }

    @BeforeEach void clear() {
        TestTables.clear(derby);
        reopen();
    }

    private Journal anew() {
        return new Journal(database, new JournalFiles(disk, own.resolve("journal"), 8192), doubt, passed::get,
            taken::incrementAndGet);
    }

    private void reopen() {
        journal = anew();
        journal.start();
    }

    private static Unwritten accepted(long id, int recipients) {
        var one = new Unwritten(new QueueId(id), Optional.of(TestMessages.origin(NOW)));
        one.open(recipients, 0);
        one.variant(new SpoolTables.VariantRow(0, 12, "s1.0.9.zik0zj.0.9", "attributes \u00e9\ud83d\ude00",
            Optional.of(ReversePath.none())));
        IntStream.range(0, recipients).forEach(number -> one.made(new QueuedRecipient(number,
            TestMessages.recipient("u" + number), 0, new RecipientState.Pending("root", NOW, 0, false))));
        one.happened(new Event(NOW, "", "received", "tab\tand line\n"));
        return one;
    }

    private static Unwritten settled(long id, int recipients) {
        var one = new Unwritten(new QueueId(id), Optional.empty());
        one.open(0, NOW.toEpochMilli());
        IntStream.range(0, recipients).forEach(number ->
            one.moved(new Unwritten.Moved(number, 0, new RecipientState.Delivered("250 2.0.0 Ok " + number))));
        one.happened(new Event(NOW, "u0@example.net", "delivered", "250 2.0.0 Ok"));
        return one;
    }

    private void append(Unwritten... changes) {
        journal.append(List.of(changes), forgotten::incrementAndGet);
    }

    private static long rows(String table) {
        return derby.transaction(connection -> SpoolTables.query(connection, "SELECT COUNT(*) FROM " + table, 0,
            row -> row.getLong(1))).getFirst();
    }

    private static Optional<Unwritten> past(long id) {
        return derby.transaction(connection -> Past.find(connection, new QueueId(id)));
    }

    private static SpoolPages.Loaded open(long id) {
        return derby.transaction(connection ->
            SpoolPages.load(connection, List.of(new QueueId(id))).get(new QueueId(id)));
    }

    @Test void whatWasSettledMeanwhileIsPastWithAllThatHappened() {
        append(accepted(1, 2));
        append(settled(1, 2));
        journal.applyAll();
        assertThat(List.of(rows("journal"), rows("message"), rows("recipient"), rows("history"), rows("past")))
            .as("one row of the journal is left, which says nothing").isEqualTo(List.of(1L, 0L, 0L, 0L, 1L));
        var found = past(1).orElseThrow();
        assertThat(found.loaded().message()).isEqualTo(new SpoolTables.MessageRow(new QueueId(1),
            TestMessages.origin(NOW), 0, NOW.toEpochMilli()));
        assertThat(found.variants()).isEqualTo(accepted(1, 2).variants());
        assertThat(found.made()).extracting(QueuedRecipient::state).isEqualTo(List.of(
            new RecipientState.Delivered("250 2.0.0 Ok 0"), new RecipientState.Delivered("250 2.0.0 Ok 1")));
        assertThat(found.history()).extracting(Event::what).isEqualTo(List.of("received", "delivered"));
    }

    @Test void whatIsOpenEntersTheTablesAsItIsNow() {
        append(accepted(1, 1), accepted(2, 1));
        append(settled(2, 1));
        journal.applyAll();
        assertThat(open(1).recipients()).isEqualTo(accepted(1, 1).made());
        append(settled(1, 1));
        journal.applyAll();
        assertThat(open(1).message().settled()).isEqualTo(NOW.toEpochMilli());
        assertThat(open(1).recipients().getFirst().state()).isEqualTo(new RecipientState.Delivered("250 2.0.0 Ok 0"));
        assertThat(past(1)).isEmpty();
    }

    @Test void aNewProcessFindsAllOfIt() {
        append(accepted(1, 1), accepted(2, 1000));      // more than a file
        append(settled(2, 1000));
        assertThat(rows("message")).isZero();
        reopen();
        assertThat(rows("journal")).isEqualTo(1);
        assertThat(open(1).recipients()).isEqualTo(accepted(1, 1).made());
        assertThat(past(2).orElseThrow().made()).hasSize(1000)
            .allMatch(recipient -> recipient.state() instanceof RecipientState.Delivered);
    }

    @Test void manySettledOnesLeaveAndTheYoungStay() {
        append(accepted(1, 1));
        for (var id = 2; id < 2 + 256; id++) {
            assertThat(rows("past")).isZero();
            append(accepted(id, 1), settled(id, 1));
            journal.tidy();
        }
        assertThat(rows("past")).isEqualTo(256);
        assertThat(rows("message")).isZero();
        assertThat(rows("journal")).isEqualTo(1);
        append(settled(1, 1));
        reopen();
        assertThat(past(1).orElseThrow().history()).hasSize(2);
    }

    @ParameterizedTest @ValueSource(booleans = {true, false})
    void aCommitInDoubtIsTakenBack(boolean happened) {
        append(accepted(1, 1));
        if (happened) {
            disk.hideFlushes();
        } else {
            disk.fail("No space left on device");
        }
        assertThatExceptionOfType(SpoolException.class).isThrownBy(() -> append(accepted(2, 1)))
            .matches(e -> e.isFull() != happened);
        assertThatExceptionOfType(SpoolException.class).isThrownBy(doubt::settle);
        assertThat(forgotten).as("its octets stay until that is settled").hasValue(0);
        disk.mend();
        doubt.settle();
        assertThat(forgotten).hasValue(1);
        append(accepted(3, 1));
        reopen();
        assertThat(ids()).isEqualTo(List.of(1L, 3L));
    }

    @Test void aCommitWithoutAPlaceIsNotInDoubt() {
        append(accepted(1, 1));
        disk.fail("No space left on device");
        assertThatExceptionOfType(SpoolException.class).isThrownBy(() -> append(accepted(2, 1000)))
            .matches(SpoolException::isFull);
        assertThat(forgotten).hasValue(1);
        doubt.settle();
        disk.mend();
        append(accepted(3, 1));
        reopen();
        assertThat(ids()).isEqualTo(List.of(1L, 3L));
    }

    @ParameterizedTest @ValueSource(booleans = {true, false})
    void whatWasAppliedInDoubtIsAppliedOnce(boolean happened) {
        append(accepted(1, 1), accepted(2, 1));
        append(settled(2, 1));
        database.happens = Optional.of(happened);
        assertThatExceptionOfType(DatabaseException.class).isThrownBy(() -> journal.applyAll());
        doubt.settle();
        append(settled(1, 1), accepted(3, 1));
        journal.applyAll();
        assertThat(past(2)).isPresent();
        assertThat(ids()).isEqualTo(happened ? List.of(1L, 3L) : List.of(3L));
        assertThat(past(1).isPresent()).isEqualTo(!happened);
        assertThat(rows("journal")).isEqualTo(1);
    }

    /** So that the tables refuse a new message of that id. */
    private static void occupy(long id) {
        execute("INSERT INTO variant (message_id, number, octets, location, attributes, own_sender, sender_local,"
            + " sender_domain) VALUES (" + id + ", 0, 1, '', '', 0, '', '')");
    }

    private static void vacate(long id) {
        execute("DELETE FROM variant WHERE message_id = " + id);
    }

    private static void execute(String sql) {
        derby.transaction(connection -> {
            try (var statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    @Test void onlyWhatTheTablesRefuseStaysInTheJournal() {
        occupy(2);
        append(accepted(1, 1), accepted(2, 3), accepted(3, 1), accepted(4, 1));
        append(settled(3, 1), settled(99, 1));      // which no table has a row of
        journal.applyAll();
        assertThat(ids()).isEqualTo(List.of(1L, 4L));
        assertThat(past(3)).isPresent();
        assertThat(rows("recipient")).as("nothing of what is refused is left").isEqualTo(2);
        assertThat(journal.allRefused()).extracting(one -> one.id().number()).isEqualTo(List.of(2L, 99L));
        reopen();
        assertThat(journal.refused(new QueueId(2)).orElseThrow().made()).isEqualTo(accepted(2, 3).made());
        vacate(2);
        reopen();
        assertThat(ids()).isEqualTo(List.of(1L, 2L, 4L));
        assertThat(open(2).recipients()).isEqualTo(accepted(2, 3).made());
        assertThat(rows("history")).isEqualTo(3);
        assertThat(journal.allRefused()).extracting(one -> one.id().number()).isEqualTo(List.of(99L));
    }

    @Test void whatIsRefusedIsTriedAgainWhenItsTimeComesAndNotBefore() {
        occupy(1);
        append(accepted(1, 1));
        journal.applyAll();
        var before = database.transactions;
        for (var i = 0; i < 9; i++) {
            passed.addAndGet(Duration.ofMinutes(1).toNanos());
            journal.tryRefused();
            journal.tidy();
            journal.applyAll();
        }
        assertThat(database.transactions).isEqualTo(before);
        passed.addAndGet(Duration.ofMinutes(1).toNanos());
        journal.tryRefused();
        journal.applyAll();
        assertThat(journal.allRefused()).hasSize(1);
        vacate(1);
        passed.addAndGet(Duration.ofMinutes(10).toNanos());
        journal.tryRefused();
        assertThat(taken).hasValue(0);
        journal.applyAll();
        assertThat(taken).hasValue(1);
        assertThat(journal.allRefused()).isEmpty();
        assertThat(ids()).isEqualTo(List.of(1L));
    }

    @Test void whatIsRefusedAndSettledLaterIsPast() {
        occupy(1);
        append(accepted(1, 2));
        journal.applyAll();
        append(settled(1, 2));
        journal.applyAll();
        assertThat(journal.allRefused()).isEmpty();
        assertThat(past(1).orElseThrow().history()).extracting(Event::what)
            .isEqualTo(List.of("received", "delivered"));
        assertThat(ids()).isEmpty();
        assertThat(rows("journal")).isEqualTo(1);
    }

    @ParameterizedTest @ValueSource(booleans = {true, false})
    void whatIsRefusedWhileTheCommitIsInDoubtIsThereOnce(boolean happened) {
        occupy(1);
        append(accepted(1, 1), accepted(2, 1), accepted(3, 1));
        append(settled(3, 1));
        database.before = 1;        // it refuses
        database.happens = Optional.of(happened);
        assertThatExceptionOfType(DatabaseException.class).isThrownBy(() -> journal.applyAll())
            .withMessageContaining("answer");
        assertThat(journal.allRefused()).isEmpty();
        doubt.settle();
        assertThat(ids()).isEqualTo(happened ? List.of(2L) : List.of());
        assertThat(journal.allRefused()).hasSize(happened ? 1 : 0);
        journal.applyAll();
        assertThat(ids()).isEqualTo(List.of(2L));
        assertThat(past(3)).isPresent();
        vacate(1);
        reopen();
        assertThat(ids()).isEqualTo(List.of(1L, 2L));
        assertThat(rows("history")).isEqualTo(2);
    }

    @Test void muchHistoryIsWrittenSoonToo() {
        append(accepted(1, 1));
        for (var i = 0; i < 40; i++) {
            if (i < 36) {
                journal.tidy();
                assertThat(rows("message")).isZero();
            }
            var change = new Unwritten(new QueueId(1), Optional.empty());
            for (var j = 0; j < 50; j++) {
                change.happened(new Event(NOW, "u0@example.net", "deferred", "x".repeat(3000)));
            }
            append(change);
        }
        journal.tidy();
        assertThat(rows("message")).isEqualTo(1);
    }

    private static List<Long> ids() {
        return derby.transaction(connection -> SpoolTables.query(connection, "SELECT id FROM message ORDER BY id", 0,
            row -> row.getLong(1)));
    }

    @Test void whatIsPastIsRemovedWhenItsTimeIsOver() {
        var all = new ArrayList<Unwritten>();
        for (var id = 1; id <= 5; id++) {
            var one = accepted(id, 1);
            one.open(0, id * 1000L);
            all.add(one);
        }
        append(all.toArray(Unwritten[]::new));
        journal.applyAll();
        assertThat(derby.<Integer>transaction(connection -> Past.purge(connection, 4000, 2))).isEqualTo(2);
        assertThat(derby.<Integer>transaction(connection -> Past.purge(connection, 4000, 2))).isEqualTo(1);
        assertThat(derby.<Integer>transaction(connection -> Past.purge(connection, 4000, 2))).isZero();
        assertThat(past(3)).isEmpty();
        assertThat(past(4)).isPresent();
    }

    @ParameterizedTest @ValueSource(longs = {0, 1, -1, 63, 64, -64, -65, 1L << 35, Long.MAX_VALUE, Long.MIN_VALUE})
    void numbersAreReadBack(long number) {
        var octets = new PackedOutput().number(number).text("x").number(number);
        var in = new PackedInput(octets.part(0, octets.size()));
        assertThat(List.of(in.number(), in.text(), in.number())).isEqualTo(List.of(number, "x", number));
        assertThat(in.isAtEnd()).isTrue();
    }

    @Test void tornOctetsAreToldApart() {
        var octets = UnwrittenOctets.write(List.of(accepted(1, 3)));
        var whole = octets.part(0, octets.size());
        assertThat(UnwrittenOctets.read(whole)).hasSize(1);
        for (var length = 2; length < whole.length; length++) {
            var torn = octets.part(0, length);
            assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> UnwrittenOctets.read(torn));
        }
    }
}
