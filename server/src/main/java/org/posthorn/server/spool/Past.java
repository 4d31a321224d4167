package org.posthorn.server.spool;

import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The table of messages that were settled before they entered the others: whole, as octets, to be looked up. */
final class Past {

    private static final int ROW = 3800;        // octets: a row fits a page of 4 KiB
    // A plan that was made while the table was small would read all of it when it is large.
    private static final String BY_KEY = "past --DERBY-PROPERTIES constraint=PAST_KEY\n";
    private static final String BY_SETTLED = "past --DERBY-PROPERTIES index=PAST_BY_SETTLED\n";

    private Past() {
    }

    static void write(Connection connection, Collection<Unwritten> all) throws SQLException {
        try (var insert = connection.prepareStatement(
            "INSERT INTO past (message_id, part, settled, octets) VALUES (?, ?, ?, ?)")) {
            for (var one : all) {
                var octets = UnwrittenOctets.write(List.of(one));
                for (var part = 0; part * ROW < octets.size(); part++) {
                    insert.setLong(1, one.id().number());
                    insert.setInt(2, part);
                    insert.setLong(3, one.settled());
                    insert.setBytes(4, octets.part(part * ROW, ROW));
                    insert.executeUpdate();
                }
            }
        }
    }

    /** A message with its history. */
    static Optional<Unwritten> find(Connection connection, QueueId id) throws SQLException {
        var octets = new ByteArrayOutputStream();
        SpoolTables.query(connection, "SELECT octets FROM " + BY_KEY + " WHERE message_id = ?"
            + " ORDER BY message_id, part", 0,
            row -> {
                octets.writeBytes(row.getBytes(1));
                return id;
            }, id.number());
        try {
            return octets.size() == 0 ? Optional.empty()
                : UnwrittenOctets.read(octets.toByteArray()).stream().findFirst();
        } catch (IllegalArgumentException e) {
            throw new SQLException("message " + id + " in the table past cannot be read: " + e.getMessage(), e);
        }
    }

    /** Removes messages that were settled before then, longest settled first; tells how many. */
    static int purge(Connection connection, long before, int most) throws SQLException {
        var ids = SpoolTables.query(connection, "SELECT message_id FROM " + BY_SETTLED + " WHERE settled < ?"
            + " AND part = 0 ORDER BY settled", most, row -> row.getLong(1), before);
        try (var delete = connection.prepareStatement("DELETE FROM past WHERE message_id = ?")) {
            for (var id : ids) {
                delete.setLong(1, id);
                delete.addBatch();
            }
            if (!ids.isEmpty()) {
                delete.executeBatch();
            }
        }
        return ids.size();
    }
}
