package org.posthorn.server.spool;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Recipient;

/**
 * The spool's tables, in portable SQL; {@link UnwrittenRows} writes them. Each method runs within the caller's
 * transaction.
 */
final class SpoolTables {

    static final List<String> NAMES = List.of("message", "variant", "variant_attributes", "recipient", "history",
        "journal", "past");

    static final String MESSAGE = "id, sender_local, sender_domain, size_parameter, body, smtp_utf8, ret,"
        + " envelope_id, received, listener, remote_address, helo, user_name, open_recipients, settled, handling";
    static final String RECIPIENT = "message_id, number, variant, local_part, domain, notify_on,"
        + " original_recipient, status, held_status, held_by, due, attempts, processor, released, agent, next_hop,"
        + " reply, notices";
    static final String VARIANT = "number, octets, location, attributes, own_sender, sender_local, sender_domain";
    static final String BLOCKS = "SELECT COUNT(*) FROM id_block WHERE name = 'queue'";
    private static final String SOME = " FETCH FIRST ? ROWS ONLY";
    private static final int STATE = 8;                 // the first column of a recipient's state

    /** A message's own row. */
    record MessageRow(QueueId id, Origin origin, int open, long settled) {
    }

    /** A variant's row. */
    record VariantRow(int number, long octets, String location, String attributes, Optional<ReversePath> sender) {
    }

    /** Reserves the next block of ids; the first is 1. */
    long reserveBlock(Connection connection) throws SQLException {
        try (var update = connection.prepareStatement(
            "UPDATE id_block SET reserved = reserved + 1 WHERE name = 'queue'")) {
            if (update.executeUpdate() == 0) {
                run(connection, "INSERT INTO id_block (name, reserved) VALUES ('queue', 1)");
            }
        }
        return number(connection, "SELECT reserved FROM id_block WHERE name = 'queue'");
    }

    /** Whether no block was ever reserved. */
    boolean noBlockYet(Connection connection) throws SQLException {
        return number(connection, BLOCKS) == 0;
    }

    /** One message. */
    Optional<MessageRow> message(Connection connection, QueueId id) throws SQLException {
        return query(connection, "SELECT " + MESSAGE + " FROM message WHERE id = ?", 0, SpoolTables::message,
            id.number()).stream().findFirst();
    }

    static MessageRow message(ResultSet row) throws SQLException {
        var parameters = new MailParameters(row.getLong("size_parameter"),
            MailParameters.Body.valueOf(row.getString("body")), row.getInt("smtp_utf8") != 0,
            MailParameters.Ret.valueOf(row.getString("ret")), row.getString("envelope_id"),
            Handling.read(row.getString("handling")));
        var origin = new Origin(path(row), parameters, Instant.ofEpochMilli(row.getLong("received")),
            row.getString("listener"), row.getString("remote_address"), row.getString("helo"),
            row.getString("user_name"));
        return new MessageRow(new QueueId(row.getLong("id")), origin, row.getInt("open_recipients"),
            row.getLong("settled"));
    }

    static ReversePath path(ResultSet row) throws SQLException {
        var local = row.getString("sender_local");
        return local.isEmpty() ? ReversePath.none()
            : ReversePath.of(new Mailbox(local, row.getString("sender_domain")));
    }

    static VariantRow variant(ResultSet row, String furtherAttributes) throws SQLException {
        return new VariantRow(row.getInt("number"), row.getLong("octets"), row.getString("location"),
            row.getString("attributes") + furtherAttributes,
            row.getInt("own_sender") == 0 ? Optional.empty() : Optional.of(path(row)));
    }

    static QueuedRecipient recipient(ResultSet row) throws SQLException {
        var notifyOn = EnumSet.noneOf(Recipient.Notify.class);
        for (var name : row.getString("notify_on").split(",", -1)) {
            if (!name.isEmpty()) {
                notifyOn.add(Recipient.Notify.valueOf(name));
            }
        }
        var recipient = new Recipient(new Mailbox(row.getString("local_part"), row.getString("domain")), notifyOn,
            row.getString("original_recipient"));
        var state = new RecipientRow(row.getInt(STATE), row.getInt("held_status"), row.getString("held_by"),
            row.getLong("due"), row.getInt("attempts"), row.getString("processor"), row.getInt("released") != 0,
            new Route(row.getString("agent"), row.getString("next_hop")), row.getString("reply"),
            row.getInt("notices"));
        return new QueuedRecipient(row.getInt("number"), recipient, row.getInt("variant"), state.state());
    }

    /** The history of a message, oldest first. */
    List<Event> history(Connection connection, QueueId id) throws SQLException {
        return query(connection, "SELECT happened, recipient, what, detail FROM history WHERE message_id = ?"
            + " ORDER BY message_id, number", 0, SpoolTables::events, id.number())
            .stream().flatMap(List::stream).toList();
    }

    private static List<Event> events(ResultSet row) throws SQLException {
        var event = new Event(Instant.ofEpochMilli(row.getLong(1)), row.getString(2), row.getString(3),
            row.getString(4));
        return event.what().equals(HistoryText.SEVERAL) ? HistoryText.read(event.detail()) : List.of(event);
    }

    /** Says that a variant's octets lie elsewhere now. */
    void relocate(Connection connection, List<SpoolPages.Placed> placed) throws SQLException {
        try (var update = connection.prepareStatement(
            "UPDATE variant SET location = ? WHERE message_id = ? AND number = ?")) {
            for (var variant : placed) {
                new Row(update).add(variant.location()).add(variant.id().number()).add(variant.number());
                update.addBatch();
            }
            Row.execute(update, placed.size());
        }
    }

    /** Removes all rows of some messages, each by its id: for a range of ids Derby goes through a whole index. */
    void purge(Connection connection, Collection<QueueId> ids) throws SQLException {
        for (var table : List.of("history WHERE message_id", "recipient WHERE message_id",
            "variant_attributes WHERE message_id", "variant WHERE message_id", "message WHERE id")) {
            try (var delete = connection.prepareStatement("DELETE FROM " + table + " = ?")) {
                for (var id : ids) {
                    new Row(delete).add(id.number());
                    delete.addBatch();
                }
                if (!ids.isEmpty()) {
                    delete.executeBatch();
                }
            }
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long number(Connection connection, String sql) throws SQLException {
        return query(connection, sql, 1, row -> row.getLong(1)).getFirst();
    }

    /** Reads one row. */
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /**
     * Reads rows.
     *
     * @param most how many at most, which the database is told; 0 for all
     */
    static <T> List<T> query(Connection connection, String sql, int most, Reader<T> reader, long... parameters)
        throws SQLException {
        try (var statement = connection.prepareStatement(most == 0 ? sql : some(sql))) {
            for (var i = 0; i < parameters.length; i++) {
                statement.setLong(i + 1, parameters[i]);
            }
            if (most > 0) {
                statement.setLong(parameters.length + 1, most);
            }
            try (var rows = statement.executeQuery()) {
                var all = new ArrayList<T>();
                while (rows.next()) {
                    all.add(reader.read(rows));
                }
                return all;
            }
        }
    }

    /** A question whose last parameter is how many rows are wanted. */
    static String some(String sql) {
        return sql + SOME;
    }
}
