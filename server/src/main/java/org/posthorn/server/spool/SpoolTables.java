package org.posthorn.server.spool;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Recipient;

/**
 * The spool's tables, in portable SQL; how a plan is written stands in {@link PlanRows}. Each method runs within the
 * caller's transaction.
 */
final class SpoolTables {

    static final List<String> NAMES = List.of("message", "variant", "variant_attributes", "recipient", "history");

    static final String MESSAGE = "id, sender_local, sender_domain, size_parameter, body, smtp_utf8, ret,"
        + " envelope_id, received, listener, remote_address, helo, user_name, open_recipients, settled";
    static final String RECIPIENT = "message_id, number, variant, local_part, domain, notify_on,"
        + " original_recipient, status, held_status, held_by, due, attempts, processor, released, agent, next_hop,"
        + " reply";
    private static final int PROBES = 64;
    private static final int STATE = 8;                 // the first column of a recipient's state

    /** A message's own row. */
    record MessageRow(QueueId id, Origin origin, int open, long settled) {
    }

    /** A variant's row. */
    record VariantRow(int number, long octets, String location, String attributes, Optional<ReversePath> sender) {
    }

    /** The place of a ready recipient. */
    record Ready(QueueId id, ActiveSet.Cursor cursor) {
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
        return number(connection, "SELECT COUNT(*) FROM id_block WHERE name = 'queue'") == 0;
    }

    /** Writes a plan. */
    void write(Connection connection, Plan plan, long now) throws SQLException {
        PlanRows.write(connection, plan, now);
    }

    /** One message. */
    Optional<MessageRow> message(Connection connection, QueueId id) throws SQLException {
        return query(connection, "SELECT " + MESSAGE + " FROM message WHERE id = ?", SpoolTables::message, id.number())
            .stream().findFirst();
    }

    /** Messages that are not settled, oldest first. */
    List<MessageRow> unsettled(Connection connection, long after, int most) throws SQLException {
        return query(connection, "SELECT " + MESSAGE + " FROM message WHERE settled = 0 AND id > ? ORDER BY settled, id"
            + " FETCH FIRST " + most + " ROWS ONLY", SpoolTables::message, after);
    }

    private static MessageRow message(ResultSet row) throws SQLException {
        var parameters = new MailParameters(row.getLong("size_parameter"),
            MailParameters.Body.valueOf(row.getString("body")), row.getInt("smtp_utf8") != 0,
            MailParameters.Ret.valueOf(row.getString("ret")), row.getString("envelope_id"));
        var origin = new Origin(path(row), parameters, Instant.ofEpochMilli(row.getLong("received")),
            row.getString("listener"), row.getString("remote_address"), row.getString("helo"),
            row.getString("user_name"));
        return new MessageRow(new QueueId(row.getLong("id")), origin, row.getInt("open_recipients"),
            row.getLong("settled"));
    }

    private static ReversePath path(ResultSet row) throws SQLException {
        var local = row.getString("sender_local");
        return local.isEmpty() ? ReversePath.none()
            : ReversePath.of(new Mailbox(local, row.getString("sender_domain")));
    }

    /** The forms of a message, by number. */
    List<VariantRow> variants(Connection connection, QueueId id) throws SQLException {
        var further = new HashMap<Integer, StringBuilder>();
        query(connection, "SELECT number, text FROM variant_attributes WHERE message_id = ? ORDER BY number, part",
            row -> further.computeIfAbsent(row.getInt(1), _ -> new StringBuilder()).append(row.getString(2)),
            id.number());
        return query(connection, "SELECT number, octets, location, attributes, own_sender, sender_local,"
            + " sender_domain FROM variant WHERE message_id = ? ORDER BY number",
            row -> new VariantRow(row.getInt(1), row.getLong(2), row.getString(3),
                row.getString(4) + Optional.ofNullable(further.get(row.getInt(1))).map(String::valueOf).orElse(""),
                row.getInt("own_sender") == 0 ? Optional.empty() : Optional.of(path(row))),
            id.number());
    }

    /** All recipients of a message, by number. */
    List<QueuedRecipient> recipients(Connection connection, QueueId id) throws SQLException {
        return query(connection, "SELECT " + RECIPIENT + " FROM recipient WHERE message_id = ? ORDER BY number",
            SpoolTables::recipient, id.number());
    }

    private static QueuedRecipient recipient(ResultSet row) throws SQLException {
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
            new Route(row.getString("agent"), row.getString("next_hop")), row.getString("reply"));
        return new QueuedRecipient(row.getInt("number"), recipient, row.getInt("variant"), state.state());
    }

    /** The next recipients of one status that are due, in the order in which they became so. */
    List<Ready> ready(Connection connection, int status, long now, ActiveSet.Cursor after, int most)
        throws SQLException {
        return due(connection, "due <= ?", status, now, after, most);
    }

    private static List<Ready> due(Connection connection, String limit, int status, long now, ActiveSet.Cursor after,
                                   int most) throws SQLException {
        return query(connection, "SELECT due, message_id, number FROM recipient WHERE status = ? AND " + limit
            + " AND due >= ? AND (due > ? OR message_id > ? OR (message_id = ? AND number > ?))"
            + " ORDER BY status, due, message_id, number FETCH FIRST " + most + " ROWS ONLY",
            row -> new Ready(new QueueId(row.getLong(2)),
                new ActiveSet.Cursor(row.getLong(1), row.getLong(2), row.getInt(3))),
            status, now, after.due(), after.due(), after.id(), after.id(), after.number());
    }

    /** When the next recipient of one status will be due; {@code Long.MAX_VALUE} for never. */
    long nextDue(Connection connection, int status, long now) throws SQLException {
        return query(connection, "SELECT due FROM recipient WHERE status = ? AND due > ? ORDER BY status, due"
            + " FETCH FIRST 1 ROWS ONLY", row -> row.getLong(1), status, now)
            .stream().findFirst().orElse(Long.MAX_VALUE);
    }

    /** A routed recipient. */
    record Later(QueueId id, int number, Spool.Waiting waiting, ActiveSet.Cursor cursor) {
    }

    /** The next routed recipients that are not due yet. */
    List<Later> later(Connection connection, long now, ActiveSet.Cursor after, int most) throws SQLException {
        return query(connection, "SELECT due, message_id, number, agent, next_hop, local_part, domain FROM recipient"
            + " WHERE status = ? AND due > ? AND due >= ? AND (due > ? OR message_id > ? OR (message_id = ? AND"
            + " number > ?)) ORDER BY status, due, message_id, number FETCH FIRST " + most + " ROWS ONLY",
            row -> new Later(new QueueId(row.getLong(2)), row.getInt(3), new Spool.Waiting(
                new Route(row.getString(4), row.getString(5)), new Mailbox(row.getString(6), row.getString(7))),
                new ActiveSet.Cursor(row.getLong(1), row.getLong(2), row.getInt(3))),
            RecipientRow.ROUTED, now, after.due(), after.due(), after.id(), after.id(), after.number());
    }

    /** Makes recipients due. */
    void makeDue(Connection connection, List<Later> later, long now) throws SQLException {
        try (var update = connection.prepareStatement(
            "UPDATE recipient SET due = ? WHERE message_id = ? AND number = ?")) {
            for (var recipient : later) {
                new Row(update).add(now).add(recipient.id().number()).add(recipient.number());
                update.addBatch();
            }
            Row.execute(update, later.size());
        }
    }

    /** The history of a message, oldest first. */
    List<Event> history(Connection connection, QueueId id) throws SQLException {
        return query(connection, "SELECT happened, recipient, what, detail FROM history WHERE message_id = ?"
            + " ORDER BY message_id, number", SpoolTables::events, id.number()).stream().flatMap(List::stream).toList();
    }

    private static List<Event> events(ResultSet row) throws SQLException {
        var event = new Event(Instant.ofEpochMilli(row.getLong(1)), row.getString(2), row.getString(3),
            row.getString(4));
        return event.what().equals(HistoryText.SEVERAL) ? HistoryText.read(event.detail()) : List.of(event);
    }

    /** How many recipients have each status. */
    Map<Integer, Long> counts(Connection connection) throws SQLException {
        var counts = new HashMap<Integer, Long>();
        query(connection, "SELECT status, COUNT(*) FROM recipient GROUP BY status",
            row -> counts.put(row.getInt(1), row.getLong(2)));
        return counts;
    }

    /** A variant of a message that is not settled, and where its octets lie. */
    record Placed(QueueId id, int number, String location) {
    }

    /** Ids of messages that are not settled, in order, {@value #PROBES} at most. */
    List<QueueId> unsettledIds(Connection connection, long after) throws SQLException {
        return query(connection, "SELECT id FROM message WHERE settled = 0 AND id > ? ORDER BY settled, id FETCH FIRST "
            + PROBES + " ROWS ONLY", row -> new QueueId(row.getLong(1)), after);
    }

    /**
     * The variants of some messages. No join: the plan for one was made for small tables, and reads all rows of large
     * ones for each page.
     *
     * @param ids 1 to {@value #PROBES}
     */
    List<Placed> locations(Connection connection, List<QueueId> ids) throws SQLException {
        var numbers = new long[PROBES];
        for (var i = 0; i < PROBES; i++) {
            numbers[i] = ids.get(Math.min(i, ids.size() - 1)).number();
        }
        return query(connection, "SELECT message_id, number, location FROM variant WHERE message_id IN (?"
            + ", ?".repeat(PROBES - 1) + ")",
            row -> new Placed(new QueueId(row.getLong(1)), row.getInt(2), row.getString(3)), numbers);
    }

    /** Says that a variant's octets lie elsewhere now. */
    void relocate(Connection connection, List<Placed> placed) throws SQLException {
        try (var update = connection.prepareStatement(
            "UPDATE variant SET location = ? WHERE message_id = ? AND number = ?")) {
            for (var variant : placed) {
                new Row(update).add(variant.location()).add(variant.id().number()).add(variant.number());
                update.addBatch();
            }
            Row.execute(update, placed.size());
        }
    }

    /** Removes all rows of messages settled before then, some at a time. */
    int purge(Connection connection, long before, int most) throws SQLException {
        var ids = query(connection, "SELECT id FROM message WHERE settled > 0 AND settled < ? ORDER BY settled, id"
            + " FETCH FIRST " + most + " ROWS ONLY", row -> row.getLong(1), before);
        for (var table : List.of("history WHERE message_id", "recipient WHERE message_id",
            "variant_attributes WHERE message_id", "variant WHERE message_id", "message WHERE id")) {
            try (var delete = connection.prepareStatement("DELETE FROM " + table + " = ?")) {
                for (var id : ids) {
                    delete.setLong(1, id);
                    delete.addBatch();
                }
                if (!ids.isEmpty()) {
                    delete.executeBatch();
                }
            }
        }
        return ids.size();
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long number(Connection connection, String sql) throws SQLException {
        return query(connection, sql, row -> row.getLong(1)).getFirst();
    }

    /** Reads one row. */
    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private static <T> List<T> query(Connection connection, String sql, Reader<T> reader, long... parameters)
        throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (var i = 0; i < parameters.length; i++) {
                statement.setLong(i + 1, parameters[i]);
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
}
