package org.posthorn.server.spool;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;

/**
 * Reads the spool's tables a page at a time, in an order that an index has. The cost of a page does not depend on how
 * many rows there are: each query begins where the page before ended, and names its index, because Derby's own choice
 * rests on statistics that may be of a time when the table was small. The name stands in a comment; other databases see
 * none of it.
 */
final class SpoolPages {

    private static final int PROBES = 64;               // messages asked for by one statement
    private static final String BY_DUE = "recipient --DERBY-PROPERTIES index=RECIPIENT_BY_DUE\n";
    private static final String BY_SETTLED = "message --DERBY-PROPERTIES index=MESSAGE_BY_SETTLED\n";

    static final String NEWEST = "SELECT MAX(id) FROM message";
    static final String UNSETTLED =
        "SELECT id FROM " + BY_SETTLED + " WHERE settled = 0 AND id > ? ORDER BY settled, id";

    private SpoolPages() {
    }

    /** The place of a ready recipient. */
    record Ready(QueueId id, ActiveSet.Cursor cursor) {
    }

    /** A routed recipient. */
    record Routed(QueueId id, int number, int variant, long due, Route route, Mailbox recipient) {
    }

    /** A form of a message. */
    private record Form(long id, int variant) {
    }

    /** Who sends messages, and those of their forms that have a sender of their own. */
    static final class Senders {
        private final Map<Long, ReversePath> messages = new HashMap<>();
        private final Map<Form, ReversePath> forms = new HashMap<>();

        /** Of one whose message was asked for; nobody when that is gone meanwhile. */
        ReversePath of(Routed recipient) {
            var id = recipient.id().number();
            return forms.getOrDefault(new Form(id, recipient.variant()), messages.getOrDefault(id, ReversePath.none()));
        }
    }

    /** A variant of a message, and where its octets lie. */
    record Placed(QueueId id, int number, String location) {
    }

    /** The next recipients of one status that are due, in the order in which they became so. */
    static List<Ready> ready(Connection connection, int status, long now, ActiveSet.Cursor after, int most)
        throws SQLException {
        // Many may have become due in the same moment: the cursor's own fields must be the start of each index scan.
        var page = new ArrayList<>(ready(connection, "due = ? AND message_id = ? AND number > ?", most, status,
            after.due(), after.id(), after.number()));
        if (page.size() < most) {
            page.addAll(ready(connection, "due = ? AND message_id > ?", most - page.size(), status, after.due(),
                after.id()));
        }
        if (page.size() < most) {
            page.addAll(ready(connection, "due > ? AND due <= ?", most - page.size(), status, after.due(), now));
        }
        return page;
    }

    private static List<Ready> ready(Connection connection, String where, int most, long... parameters)
        throws SQLException {
        return SpoolTables.query(connection, "SELECT due, message_id, number FROM " + BY_DUE + " WHERE status = ? AND "
            + where + " ORDER BY status, due, message_id, number", most, row -> new Ready(new QueueId(row.getLong(2)),
                new ActiveSet.Cursor(row.getLong(1), row.getLong(2), row.getInt(3))), parameters);
    }

    /** When the next recipient of one status will be due; {@code Long.MAX_VALUE} for never. */
    static long nextDue(Connection connection, int status, long now) throws SQLException {
        return SpoolTables.query(connection, "SELECT due FROM " + BY_DUE + " WHERE status = ? AND due > ?"
            + " ORDER BY status, due, message_id, number", 1, row -> row.getLong(1), status, now)
            .stream().findFirst().orElse(Long.MAX_VALUE);
    }

    /** Ids of messages that are not settled, in order. */
    static List<QueueId> unsettled(Connection connection, long after, int most) throws SQLException {
        return SpoolTables.query(connection, UNSETTLED, most, row -> new QueueId(row.getLong(1)), after);
    }

    /** Ids of messages that were settled before then, longest settled first. */
    static List<QueueId> settled(Connection connection, long before, int most) throws SQLException {
        return SpoolTables.query(connection, "SELECT id FROM " + BY_SETTLED + " WHERE settled > 0 AND settled < ?"
            + " ORDER BY settled, id", most, row -> new QueueId(row.getLong(1)), before);
    }

    /** The largest id of a message; 0 for none. */
    static long newest(Connection connection) throws SQLException {
        return SpoolTables.query(connection, NEWEST, 1, row -> row.getLong(1)).getFirst();
    }

    /** Routed recipients of these messages, by message and number, from behind a place on. */
    static List<Routed> routed(Connection connection, List<QueueId> ids, long afterId, int afterNumber, int most)
        throws SQLException {
        var page = new ArrayList<Routed>();
        for (var from = 0; from < ids.size() && page.size() < most; from += PROBES) {
            var some = ids.subList(from, Math.min(ids.size(), from + PROBES));
            if (some.getLast().number() >= afterId) {
                page.addAll(SpoolTables.query(connection, "SELECT message_id, number, variant, due, agent, next_hop,"
                    + " local_part, domain FROM recipient WHERE message_id IN " + places() + " AND status = ?"
                    + " AND (message_id > ? OR (message_id = ? AND number > ?)) ORDER BY message_id, number",
                    most - page.size(), row -> new Routed(new QueueId(row.getLong(1)), row.getInt(2),
                        row.getInt(3), row.getLong(4), new Route(row.getString(5), row.getString(6)), new Mailbox(
                            row.getString(7), row.getString(8))),
                    probes(some, RecipientRow.ROUTED, afterId, afterId, afterNumber)));
            }
        }
        return page;
    }

    /** Who sends these messages. */
    static Senders senders(Connection connection, List<QueueId> ids) throws SQLException {
        var senders = new Senders();
        each(ids, some -> {
            SpoolTables.query(connection, "SELECT id, sender_local, sender_domain FROM message WHERE id IN " + places(),
                0, row -> senders.messages.put(row.getLong(1), SpoolTables.path(row)), probes(some));
            SpoolTables.query(connection, "SELECT message_id, number, sender_local, sender_domain FROM variant WHERE"
                + " message_id IN " + places() + " AND own_sender <> 0", 0, row -> senders.forms.put(
                    new Form(row.getLong(1), row.getInt(2)), SpoolTables.path(row)), probes(some));
        });
        return senders;
    }

    /** Those of these messages that have pending recipients due later than that, in order. */
    static List<QueueId> putOff(Connection connection, List<QueueId> ids, long now) throws SQLException {
        var all = new TreeSet<QueueId>();
        each(ids, some -> SpoolTables.query(connection, "SELECT message_id, due FROM recipient WHERE message_id IN "
            + places() + " AND status = ?", 0, row -> row.getLong(2) > now && all.add(new QueueId(row.getLong(1))),
            probes(some, RecipientRow.PENDING)));
        return List.copyOf(all);
    }

    /** How many recipients of these messages have each status. */
    static Map<Integer, Long> counts(Connection connection, List<QueueId> ids) throws SQLException {
        var counts = new HashMap<Integer, Long>();
        each(ids, some -> SpoolTables.query(connection, "SELECT status, COUNT(*) FROM recipient WHERE message_id IN "
            + places() + " GROUP BY status", 0, row -> counts.merge(row.getInt(1), row.getLong(2), Long::sum),
            probes(some)));
        return counts;
    }

    /** How many recipients each of these messages has. */
    static Map<QueueId, Integer> recipients(Connection connection, List<QueueId> ids) throws SQLException {
        var counts = new HashMap<QueueId, Integer>();
        each(ids, some -> SpoolTables.query(connection, "SELECT message_id, COUNT(*) FROM recipient WHERE message_id IN"
            + " " + places() + " GROUP BY message_id", 0,
            row -> counts.put(new QueueId(row.getLong(1)), row.getInt(2)), probes(some)));
        return counts;
    }

    /**
     * The variants of some messages. No join: the plan for one was made for small tables, and reads all rows of large
     * ones for each page.
     */
    static List<Placed> locations(Connection connection, List<QueueId> ids) throws SQLException {
        var all = new ArrayList<Placed>();
        each(ids, some -> all.addAll(SpoolTables.query(connection,
            "SELECT message_id, number, location FROM variant WHERE message_id IN " + places(), 0,
            row -> new Placed(new QueueId(row.getLong(1)), row.getInt(2), row.getString(3)), probes(some))));
        return all;
    }

    /** A message as its rows tell it. */
    record Loaded(SpoolTables.MessageRow message, List<SpoolTables.VariantRow> variants,
                  List<QueuedRecipient> recipients) {
    }

    /**
     * Messages with all that belongs to them, by id; those that are not there are left out.
     *
     * @param ids {@value #PROBES} at most, which come by four statements instead of so many each
     */
    static Map<QueueId, Loaded> load(Connection connection, List<QueueId> ids) throws SQLException {
        var loaded = new HashMap<QueueId, Loaded>();
        if (ids.isEmpty()) {
            return loaded;
        }
        var probes = probes(ids);
        SpoolTables.query(connection, "SELECT " + SpoolTables.MESSAGE + " FROM message WHERE id IN " + places(), 0,
            SpoolTables::message, probes).forEach(row ->
                loaded.put(row.id(), new Loaded(row, new ArrayList<>(), new ArrayList<>())));
        var further = new HashMap<List<Long>, StringBuilder>();
        SpoolTables.query(connection, "SELECT message_id, number, text FROM variant_attributes WHERE message_id IN "
            + places() + " ORDER BY message_id, number, part", 0, row -> further.computeIfAbsent(
                List.of(row.getLong(1), row.getLong(2)), _ -> new StringBuilder()).append(row.getString(3)), probes);
        SpoolTables.query(connection, "SELECT message_id, " + SpoolTables.VARIANT + " FROM variant WHERE message_id IN "
            + places() + " ORDER BY message_id, number", 0, row -> {
                var variant = SpoolTables.variant(row, Optional.ofNullable(further.get(List.of(
                    row.getLong("message_id"), row.getLong("number")))).map(String::valueOf).orElse(""));
                return at(loaded, row.getLong("message_id")).map(message -> message.variants().add(variant));
            }, probes);
        SpoolTables.query(connection, "SELECT " + SpoolTables.RECIPIENT + " FROM recipient WHERE message_id IN "
            + places() + " ORDER BY message_id, number", 0, row -> {
                var recipient = SpoolTables.recipient(row);
                return at(loaded, row.getLong("message_id")).map(message -> message.recipients().add(recipient));
            }, probes);
        return loaded;
    }

    private static Optional<Loaded> at(Map<QueueId, Loaded> loaded, long id) {
        return Optional.ofNullable(loaded.get(new QueueId(id)));
    }

    /** Parts of a list that {@link #load} takes. */
    static List<List<QueueId>> parts(List<QueueId> ids) {
        var parts = new ArrayList<List<QueueId>>();
        for (var from = 0; from < ids.size(); from += PROBES) {
            parts.add(ids.subList(from, Math.min(ids.size(), from + PROBES)));
        }
        return parts;
    }

    private interface Part {
        void run(List<QueueId> some) throws SQLException;
    }

    private static void each(List<QueueId> ids, Part part) throws SQLException {
        for (var some : parts(ids)) {
            part.run(some);
        }
    }

    private static String places() {
        return "(?" + ", ?".repeat(PROBES - 1) + ")";
    }

    /** One statement for any number of ids: the last one fills the places that are left. */
    private static long[] probes(List<QueueId> ids, long... further) {
        var numbers = new long[PROBES + further.length];
        for (var i = 0; i < PROBES; i++) {
            numbers[i] = ids.get(Math.min(i, ids.size() - 1)).number();
        }
        System.arraycopy(further, 0, numbers, PROBES, further.length);
        return numbers;
    }

    /** Makes those recipients due that are still routed; tells how many. */
    static int makeDue(Connection connection, List<Routed> recipients, Instant now) throws SQLException {
        try (var update = connection.prepareStatement(
            "UPDATE recipient SET due = ? WHERE message_id = ? AND number = ? AND status = ? AND due > ?")) {
            for (var recipient : recipients) {
                new Row(update).add(RecipientRow.millis(now)).add(recipient.id().number()).add(recipient.number())
                    .add(RecipientRow.ROUTED).add(RecipientRow.millis(now));
                update.addBatch();
            }
            return Arrays.stream(update.executeBatch()).sum();
        }
    }
}
