package org.posthorn.server.spool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.posthorn.server.database.Database;
import org.posthorn.server.database.DatabaseException;
import org.posthorn.server.log.EventLog;

/**
 * What makes changes durable: a commit appends all that is in it to the {@link JournalFiles}. The tables learn later,
 * of all that happened to a message at once; one that was settled meanwhile never enters those of messages and goes
 * straight to the {@link Past}. So a message that is delivered at once costs one row instead of eight statements.
 *
 * <p>The transaction that writes into the tables says so in the table {@code journal}, whose numbers go on with the
 * commits': what has a smaller one is known. Its rows have what is to wait longer. What the tables refuse of a message
 * stays there, and so does all that happens to it later, until they take it: that is tried when the message changes,
 * after some minutes, and at each start. Guarded by the {@link Ledger}'s lock.
 */
final class Journal {

    static final String ROWS = "SELECT number, is_last, octets FROM journal ORDER BY number";

    private static final EventLog LOG = EventLog.of(Journal.class);
    private static final int ROW = 3800;            // octets: a row fits a page of 4 KiB
    private static final int WORTH = 256;           // messages that may go, for which a transaction is worth it
    private static final int MANY = 6000;           // rows of messages from which on all go
    private static final int FULL = 60_000;         // rows of messages that are kept in memory at most
    private static final Duration YOUNG = Duration.ofSeconds(2);    // what is not settled by then takes longer
    private static final Duration OLD = Duration.ofSeconds(4);
    private static final Duration PAUSE = Duration.ofSeconds(1);    // after a failure
    private static final Duration AGAIN = Duration.ofMinutes(10);   // for what is refused

    private final Database database;
    private final Doubt doubt;
    private final JournalFiles files;
    private final LongSupplier nanos;
    private final Runnable taken;
    private final Map<QueueId, Entry> entries = new LinkedHashMap<>();     // oldest first
    private final Map<QueueId, Unwritten> refused = new LinkedHashMap<>();
    private long last;                              // number of a commit or a row
    private int weight;
    private int settled;
    private int refusedWeight;
    private long notBefore;
    private long again;                             // refused ones are tried, in nanoTime

    /**
     * Reads nothing yet.
     *
     * @param nanos as {@link System#nanoTime}
     * @param taken called when the tables took what they had refused
     */
    Journal(Database database, JournalFiles files, Doubt doubt, LongSupplier nanos, Runnable taken) {
        this.database = database;
        this.files = files;
        this.doubt = doubt;
        this.nanos = nanos;
        this.taken = taken;
        this.notBefore = nanos.getAsLong();
    }

    /** What is unwritten of a message, since when, in nanoTime, and whether the tables refused it before. */
    private record Entry(Unwritten unwritten, long since, boolean wasRefused) {
        boolean isSettled() {
            return unwritten.isCounted() && unwritten.open() == 0;
        }
    }

    /**
     * Reads what is there, and writes it into the tables.
     *
     * @throws SpoolException when it is damaged
     */
    void start() {
        entries.clear();
        refused.clear();
        weight = 0;
        settled = 0;
        refusedWeight = 0;
        last = 0;
        notBefore = nanos.getAsLong();
        database.transaction(connection -> {
            read(connection).forEach(this::add);
            return last;
        });
        try {
            for (var octets : files.start(last)) {
                UnwrittenOctets.read(octets).forEach(this::add);
                last++;
            }
        } catch (IOException | IllegalArgumentException e) {
            throw SpoolException.because("what was committed last", e);
        }
        applyAll();
        files.forget(last);
    }

    /** Ends; what is not in the tables stays in the files. */
    void stop() {
        files.close();
        if (entries.isEmpty()) {
            files.forget(last);
        }
    }

    private List<Unwritten> read(Connection connection) throws SQLException {
        var all = new ArrayList<Unwritten>();
        var octets = new ByteArrayOutputStream();
        try (var query = connection.prepareStatement(ROWS);
             var rows = query.executeQuery()) {
            while (rows.next()) {
                last = rows.getLong(1);
                octets.writeBytes(rows.getBytes(3));
                if (rows.getInt(2) != 0) {
                    all.addAll(UnwrittenOctets.read(octets.toByteArray()));
                    octets.reset();
                }
            }
            if (octets.size() > 0) {
                throw new IllegalArgumentException("the rows behind it are missing");
            }
        } catch (IllegalArgumentException e) {
            throw new SQLException("row " + last + " of the table journal cannot be read: " + e.getMessage(), e);
        }
        return all;
    }

    /**
     * Makes changes durable.
     *
     * @param forget called when they surely did not happen
     * @throws RuntimeException when that failed
     */
    void append(List<Unwritten> changes, Runnable forget) {
        var octets = packed(changes, forget);
        var number = last + 1;
        try {
            files.append(number, octets);
        } catch (IOException | RuntimeException | Error e) {
            doubt.open(e, () -> takeBack(number), forget);
            throw SpoolException.because("the journal was not written", e);
        }
        last = number;
        changes.forEach(this::add);
    }

    private void takeBack(long number) {
        try {
            files.takeBack(number);
        } catch (IOException e) {
            throw SpoolException.because("a commit is in doubt and cannot be taken back", e);
        }
    }

    private PackedOutput packed(List<Unwritten> changes, Runnable forget) {
        try {
            if (weight + refusedWeight >= FULL) {
                applyAll();
            }
            if (refusedWeight >= FULL) {
                throw new SpoolException("the tables refuse " + refused.size() + " messages", false, null);
            }
            var octets = UnwrittenOctets.write(changes);
            files.prepare(last + 1, octets);
            return octets;
        } catch (IOException e) {
            forget.run();
            throw SpoolException.because("the journal has no room", e);
        } catch (RuntimeException | Error e) {
            forget.run();
            throw e;
        }
    }

    private void add(Unwritten change) {
        var entry = entries.get(change.id());
        if (entry == null) {
            entry = refused.containsKey(change.id()) ? comesAgain(change)
                : new Entry(change, nanos.getAsLong(), false);
            entries.put(change.id(), entry);
            weight += entry.unwritten().weight();
        } else {
            settled -= entry.isSettled() ? 1 : 0;
            weight -= entry.unwritten().weight();
            entry.unwritten().merge(change);
            weight += entry.unwritten().weight();
        }
        settled += entry.isSettled() ? 1 : 0;
    }

    private Entry comesAgain(Unwritten change) {
        var before = refused.remove(change.id());
        refusedWeight -= before.weight();
        before.merge(change);
        return new Entry(before, nanos.getAsLong(), true);
    }

    private static int rows(PackedOutput octets) {
        return (octets.size() + ROW - 1) / ROW;
    }

    private static void insert(Connection connection, long before, PackedOutput octets) throws SQLException {
        try (var insert = connection.prepareStatement(
            "INSERT INTO journal (number, is_last, octets) VALUES (?, ?, ?)")) {
            var rows = rows(octets);
            for (var row = 0; row < rows; row++) {
                insert.setLong(1, before + 1 + row);
                insert.setInt(2, row == rows - 1 ? 1 : 0);
                insert.setBytes(3, octets.part(row * ROW, ROW));
                insert.executeUpdate();
            }
        }
    }

    private static void remove(Connection connection, String which, long number) throws SQLException {
        try (var delete = connection.prepareStatement("DELETE FROM journal WHERE " + which)) {
            delete.setLong(1, number);
            delete.executeUpdate();
        }
    }

    /** Writes into the tables what is settled, and what takes longer, when that is worth a transaction. */
    void tidy() {
        var now = nanos.getAsLong();
        if (entries.isEmpty() || now - notBefore < 0) {
            return;
        }
        var oldest = now - entries.values().iterator().next().since();
        if (settled < WORTH && weight < MANY && oldest < OLD.toNanos()) {
            return;
        }
        apply(weight >= MANY ? _ -> false
            : entry -> !entry.isSettled() && now - entry.since() < YOUNG.toNanos());
    }

    /** Writes everything into the tables. */
    void applyAll() {
        if (entries.isEmpty()) {
            return;
        }
        if (nanos.getAsLong() - notBefore < 0) {
            throw new SpoolException("the journal could not be written into the tables a moment ago", false, null);
        }
        apply(_ -> false);
    }

    private void apply(Predicate<Entry> stays) {
        var open = new ArrayList<Unwritten>();
        var past = new ArrayList<Unwritten>();
        var staying = new ArrayList<>(refused.values());
        for (var entry : entries.values()) {
            var to = stays.test(entry) ? staying : entry.isSettled() && entry.unwritten().isNew() ? past : open;
            to.add(entry.unwritten());
        }
        var writing = new Writing(open, past, staying);
        try {
            write(writing, false);
        } catch (DatabaseException e) {
            if (e.isInDoubt() || e.isFull()) {
                throw e;
            }
            LOG.debug("journal-refused", "messages", open.size() + past.size(), "why", e.getMessage());
            write(writing, true);
        }
    }

    private void write(Writing writing, boolean each) {
        var upTo = last;
        try {
            database.transaction(connection -> {
                if (each) {
                    writing.each(connection);
                } else {
                    writing.together(connection);
                }
                remove(connection, "number <= ?", upTo);
                // Never empty: that it is there tells that all this happened.
                insert(connection, upTo, writing.anew());
                return upTo;
            });
        } catch (RuntimeException | Error e) {
            notBefore = nanos.getAsLong() + PAUSE.toNanos();
            var happened = new AtomicBoolean();
            doubt.failed(e, connection -> {
                happened.set(isApplied(connection, upTo));
                notBefore = nanos.getAsLong();
            }, () -> {
                if (happened.get()) {
                    applied(writing, upTo + rows(writing.anew()));
                }
            });
            throw e;
        }
        applied(writing, upTo + rows(writing.anew()));
    }

    /** Whether a transaction has left rows behind that number. */
    private static boolean isApplied(Connection connection, long upTo) throws SQLException {
        var numbers = SpoolTables.query(connection, "SELECT number FROM journal", 0, row -> row.getLong(1));
        return numbers.stream().anyMatch(number -> number > upTo);
    }

    private void applied(Writing writing, long newLast) {
        last = newLast;
        files.forget(newLast);
        notBefore = nanos.getAsLong();
        var atLast = false;
        for (var unwritten : writing.messages()) {
            var entry = entries.remove(unwritten.id());
            weight -= unwritten.weight();
            settled -= entry.isSettled() ? 1 : 0;
            var why = Optional.ofNullable(writing.refused().get(unwritten.id()));
            why.ifPresent(known -> refuse(unwritten, known));
            atLast |= why.isEmpty() && entry.wasRefused();
        }
        if (atLast) {
            taken.run();
        }
    }

    private void refuse(Unwritten unwritten, SQLException why) {
        LOG.mail(unwritten.id()).error("refused-by-tables", why, "kept", "in the journal", "again", AGAIN);
        refused.put(unwritten.id(), unwritten);
        refusedWeight += unwritten.weight();
        again = nanos.getAsLong() + AGAIN.toNanos();
    }

    /** When it is time, what the tables refused is to be written again with all the rest. */
    void tryRefused() {
        if (!refused.isEmpty() && nanos.getAsLong() - again >= 0) {
            var all = List.copyOf(refused.values());
            refused.clear();
            refusedWeight = 0;
            for (var one : all) {
                entries.put(one.id(), new Entry(one, nanos.getAsLong(), true));
                weight += one.weight();
                settled += entries.get(one.id()).isSettled() ? 1 : 0;
            }
        }
    }

    /** What the tables do not know of a message although everything was written, because they refuse it. */
    Optional<Unwritten> refused(QueueId id) {
        return Optional.ofNullable(refused.get(id));
    }

    /** All that the tables refuse. */
    List<Unwritten> allRefused() {
        return List.copyOf(refused.values());
    }
}
