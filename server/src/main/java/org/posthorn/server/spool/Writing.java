package org.posthorn.server.spool;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one transaction brings from the journal into the tables: all at once; or, when the tables refuse something of
 * it, {@linkplain #each message by message}, so that only what is refused stays in the journal.
 */
final class Writing {

    private final List<Unwritten> open;
    private final List<Unwritten> past;
    private final List<Unwritten> staying;
    private final Map<QueueId, SQLException> refused = new LinkedHashMap<>();
    private PackedOutput anew;

    /**
     * Nothing is written yet.
     *
     * @param open for the tables of open messages
     * @param past for the table of what is past
     * @param staying what stays in the journal
     */
    Writing(List<Unwritten> open, List<Unwritten> past, List<Unwritten> staying) {
        this.open = open;
        this.past = past;
        this.staying = staying;
        this.anew = UnwrittenOctets.write(staying);
    }

    /** All of it, or nothing. */
    void together(Connection connection) throws SQLException {
        refused.clear();
        write(connection, open, past);
    }

    /** All of it but what the tables refuse. */
    void each(Connection connection) throws SQLException {
        refused.clear();
        for (var one : open) {
            each(connection, one, List.of(one), List.of());
        }
        for (var one : past) {
            each(connection, one, List.of(), List.of(one));
        }
        var left = new ArrayList<>(staying);
        messages().stream().filter(one -> refused.containsKey(one.id())).forEach(left::add);
        anew = UnwrittenOctets.write(left);
    }

    private void each(Connection connection, Unwritten one, List<Unwritten> asOpen, List<Unwritten> asPast)
        throws SQLException {
        var before = connection.setSavepoint();
        try {
            write(connection, asOpen, asPast);
            connection.releaseSavepoint(before);
        } catch (SQLException e) {
            try {
                connection.rollback(before);
            } catch (SQLException ended) {
                e.addSuppressed(ended);     // more failed than a statement: the transaction, or the database
                throw e;
            }
            refused.put(one.id(), e);
        }
    }

    private static void write(Connection connection, List<Unwritten> open, List<Unwritten> past) throws SQLException {
        try {
            UnwrittenRows.write(connection, open);
            Past.write(connection, past);
        } catch (RuntimeException e) {
            throw new SQLException("what is journalled cannot be put into rows: " + e, e);
        }
    }

    /** What was to be written, the refused too. */
    List<Unwritten> messages() {
        var all = new ArrayList<>(open);
        all.addAll(past);
        return all;
    }

    /** What the tables did not take, and why. */
    Map<QueueId, SQLException> refused() {
        return refused;
    }

    /** What is to be journalled anew by the same transaction. */
    PackedOutput anew() {
        return anew;
    }
}
