package org.posthorn.server.spool;

import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.posthorn.server.database.Database;

/**
 * The table that makes changes durable: a commit adds a row or a few, whatever is in it. The tables of messages learn
 * later, of all that happened to a message at once; one that was settled meanwhile never enters them and goes straight
 * to the {@link Past}. So a message that is delivered at once costs one row of its own instead of eight statements.
 *
 * <p>Rows are removed by the transaction that writes what they say into the tables; what is to wait longer is
 * journalled anew by it. Guarded by the {@link Ledger}'s lock.
 */
final class Journal {

    private static final int ROW = 3800;            // octets: a row fits a page of 4 KiB
    private static final int WORTH = 256;           // messages that may go, for which a transaction is worth it
    private static final int MANY = 4000;           // rows of messages from which on all go
    private static final int FULL = 40_000;         // rows of messages that are kept in memory at most
    private static final Duration YOUNG = Duration.ofSeconds(2);    // what is not settled by then takes longer
    private static final Duration OLD = Duration.ofSeconds(4);
    private static final Duration PAUSE = Duration.ofSeconds(1);    // after a failure

    private final Database database;
    private final Doubt doubt;
    private final Map<QueueId, Entry> entries = new LinkedHashMap<>();     // oldest first
    private long last;                              // row's number
    private int weight;
    private int settled;
    private long notBefore = System.nanoTime();

    Journal(Database database, Doubt doubt) {
        this.database = database;
        this.doubt = doubt;
    }

    /** What is unwritten of a message, and since when, in nanoTime. */
    private record Entry(Unwritten unwritten, long since) {
        boolean isSettled() {
            return unwritten.isCounted() && unwritten.open() == 0;
        }
    }

    /** Reads what is there, and writes it into the tables. */
    void start() {
        entries.clear();
        weight = 0;
        settled = 0;
        last = 0;
        notBefore = System.nanoTime();
        database.transaction(connection -> {
            read(connection).forEach(this::add);
            return last;
        });
        applyAll();
    }

    private List<Unwritten> read(Connection connection) throws SQLException {
        var all = new ArrayList<Unwritten>();
        var octets = new ByteArrayOutputStream();
        try (var query = connection.prepareStatement("SELECT number, is_last, octets FROM journal ORDER BY number");
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
        var before = last;
        try {
            database.transaction(connection -> {
                insert(connection, before, octets);
                return octets;
            });
        } catch (RuntimeException | Error e) {
            doubt.failed(e, connection -> remove(connection, "number > ?", before), forget);
            throw e;
        }
        last = before + rows(octets);
        changes.forEach(this::add);
    }

    private PackedOutput packed(List<Unwritten> changes, Runnable forget) {
        try {
            if (weight >= FULL) {
                applyAll();
            }
            return UnwrittenOctets.write(changes);
        } catch (RuntimeException | Error e) {
            forget.run();
            throw e;
        }
    }

    private void add(Unwritten change) {
        var entry = entries.get(change.id());
        if (entry == null) {
            entry = new Entry(change, System.nanoTime());
            entries.put(change.id(), entry);
            weight += change.weight();
        } else {
            settled -= entry.isSettled() ? 1 : 0;
            weight -= entry.unwritten().weight();
            entry.unwritten().merge(change);
            weight += entry.unwritten().weight();
        }
        settled += entry.isSettled() ? 1 : 0;
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
        var now = System.nanoTime();
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
        if (System.nanoTime() - notBefore < 0) {
            throw new SpoolException("the journal could not be written into the tables a moment ago", false, null);
        }
        apply(_ -> false);
    }

    private void apply(Predicate<Entry> stays) {
        var open = new ArrayList<Unwritten>();
        var past = new ArrayList<Unwritten>();
        var staying = new ArrayList<Unwritten>();
        for (var entry : entries.values()) {
            var to = stays.test(entry) ? staying : entry.isSettled() && entry.unwritten().isNew() ? past : open;
            to.add(entry.unwritten());
        }
        var upTo = last;
        var anew = UnwrittenOctets.write(staying);      // never empty: that it is there tells that all this happened
        try {
            database.transaction(connection -> {
                UnwrittenRows.write(connection, open);
                Past.write(connection, past);
                remove(connection, "number <= ?", upTo);
                insert(connection, upTo, anew);
                return upTo;
            });
        } catch (RuntimeException | Error e) {
            notBefore = System.nanoTime() + PAUSE.toNanos();
            var happened = new AtomicBoolean();
            doubt.failed(e, connection -> {
                happened.set(isApplied(connection, upTo));
                notBefore = System.nanoTime();
            }, () -> {
                if (happened.get()) {
                    applied(open, past, upTo + rows(anew));
                }
            });
            throw e;
        }
        applied(open, past, upTo + rows(anew));
    }

    /** Either the rows up to there are in the journal, or some behind them. */
    private static boolean isApplied(Connection connection, long upTo) throws SQLException {
        var numbers = SpoolTables.query(connection, "SELECT number FROM journal", 0, row -> row.getLong(1));
        if (numbers.isEmpty()) {
            throw new SQLException("the journal seems to be empty, and cannot be");
        }
        return numbers.stream().allMatch(number -> number > upTo);
    }

    private void applied(Collection<Unwritten> open, Collection<Unwritten> past, long newLast) {
        for (var gone : List.of(open, past)) {
            for (var unwritten : gone) {
                var entry = entries.remove(unwritten.id());
                weight -= unwritten.weight();
                settled -= entry.isSettled() ? 1 : 0;
            }
        }
        last = newLast;
    }
}
