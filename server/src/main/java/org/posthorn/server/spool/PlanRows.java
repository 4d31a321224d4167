package org.posthorn.server.spool;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.posthorn.protocols.address.ReversePath;

/**
 * Writes a plan as rows, a batch for each table. Texts for people are cut to their column; addresses are not, and one
 * that is too long fails its change.
 */
final class PlanRows {

    private static final int ATTRIBUTES = 8000;         // characters in one row
    private static final int DETAIL = 4000;             // characters in one row of history

    private PlanRows() {
    }

    static void write(Connection connection, Plan plan, long now) throws SQLException {
        insertMessages(connection, plan, now);
        insertVariants(connection, plan);
        insertRecipients(connection, plan);
        updateRecipients(connection, plan.moved());
        updateMessages(connection, plan, now);
        insertHistory(connection, plan);
    }

    private static void insertMessages(Connection connection, Plan plan, long now) throws SQLException {
        try (var insert = connection.prepareStatement(
            "INSERT INTO message (" + SpoolTables.MESSAGE + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (var message : plan.accepted()) {
                var origin = message.origin();
                var standing = plan.standingOf(message.id());
                var row = new Row(insert).add(message.id().number());
                path(row, origin.sender());
                var parameters = origin.parameters();
                row.add(parameters.size()).add(parameters.body().name()).add(parameters.smtpUtf8() ? 1 : 0)
                    .add(parameters.ret().name()).cut(parameters.envelopeId(), 500)
                    .add(origin.received().toEpochMilli()).cut(origin.listener(), 200)
                    .cut(origin.remoteAddress(), 100).cut(origin.helo(), 600).cut(origin.user(), 600)
                    .add(standing.open()).add(standing.isSettled() ? Math.max(1, now) : 0);
                insert.addBatch();
            }
            Row.execute(insert, plan.accepted().size());
        }
    }

    private static void insertVariants(Connection connection, Plan plan) throws SQLException {
        if (plan.forms().isEmpty()) {
            return;
        }
        try (var insert = connection.prepareStatement(
                 "INSERT INTO variant (message_id, number, octets, location, attributes, own_sender, sender_local,"
                 + " sender_domain) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
             var further = connection.prepareStatement(
                 "INSERT INTO variant_attributes (message_id, number, part, text) VALUES (?, ?, ?, ?)")) {
            var parts = 0;
            for (var form : plan.forms()) {
                var variant = form.variant();
                var attributes = variant.attributes();
                var row = new Row(insert).add(form.id().number()).add(variant.number())
                    .add(variant.content().octets()).add(Slice.location(form.slices())).cut(attributes, ATTRIBUTES)
                    .add(variant.sender().isPresent() ? 1 : 0);
                path(row, variant.sender().orElseGet(ReversePath::none));
                insert.addBatch();
                var from = Row.fitting(attributes, ATTRIBUTES).length();
                for (var part = 1; from < attributes.length(); part++) {
                    var text = Row.fitting(attributes.substring(from), ATTRIBUTES);
                    new Row(further).add(form.id().number()).add(variant.number()).add(part).add(text);
                    further.addBatch();
                    from += text.length();
                    parts++;
                }
            }
            Row.execute(insert, plan.forms().size());
            Row.execute(further, parts);
        }
    }

    private static void path(Row row, ReversePath path) throws SQLException {
        switch (path) {
            case ReversePath.Null _ -> row.add("").add("");
            case ReversePath.Sender(var mailbox) -> row.add(mailbox.localPart()).add(mailbox.domain());
        }
    }

    private static void insertRecipients(Connection connection, Plan plan) throws SQLException {
        if (plan.made().isEmpty()) {
            return;
        }
        try (var insert = connection.prepareStatement("INSERT INTO recipient (" + SpoolTables.RECIPIENT
            + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (var made : plan.made()) {
                var queued = made.recipient();
                var recipient = queued.recipient();
                var row = new Row(insert).add(made.id().number()).add(queued.number()).add(queued.variant())
                    .add(recipient.mailbox().localPart()).add(recipient.mailbox().domain())
                    .add(recipient.notifyOn().stream().map(Enum::name).sorted().collect(Collectors.joining(",")))
                    .add(recipient.originalRecipient());
                state(row, RecipientRow.of(queued.state()));
                insert.addBatch();
            }
            Row.execute(insert, plan.made().size());
        }
    }

    static void updateRecipients(Connection connection, List<Plan.Moved> all) throws SQLException {
        try (var update = connection.prepareStatement("UPDATE recipient SET variant = ?, status = ?, held_status = ?,"
            + " held_by = ?, due = ?, attempts = ?, processor = ?, released = ?, agent = ?, next_hop = ?, reply = ?"
            + " WHERE message_id = ? AND number = ?")) {
            for (var moved : all) {
                var row = new Row(update).add(moved.after().variant());
                state(row, RecipientRow.of(moved.after().state()));
                row.add(moved.id().number()).add(moved.after().number());
                update.addBatch();
            }
            Row.execute(update, all.size());
        }
    }

    private static void state(Row row, RecipientRow state) throws SQLException {
        row.add(state.status()).add(state.heldStatus()).cut(state.heldBy(), 200).add(state.due())
            .add(state.attempts()).add(state.processor()).add(state.released() ? 1 : 0).add(state.route().agent())
            .add(state.route().nextHop()).cut(state.reply(), 2000);
    }

    private static void updateMessages(Connection connection, Plan plan, long now) throws SQLException {
        var changed = new HashSet<QueueId>();       // what is only put off stays as open as it was
        plan.made().forEach(made -> changed.add(made.id()));
        plan.moved().stream().filter(moved -> moved.before().state().isFinal() != moved.after().state().isFinal())
            .forEach(moved -> changed.add(moved.id()));
        plan.accepted().forEach(message -> changed.remove(message.id()));
        try (var update = connection.prepareStatement(
            "UPDATE message SET open_recipients = ?, settled = ? WHERE id = ?")) {
            var count = 0;
            for (var standing : plan.standings()) {
                if (changed.contains(standing.id())) {
                    new Row(update).add(standing.open()).add(standing.isSettled() ? Math.max(1, now) : 0)
                        .add(standing.id().number());
                    update.addBatch();
                    count++;
                }
            }
            Row.execute(update, count);
        }
    }

    private static void insertHistory(Connection connection, Plan plan) throws SQLException {
        try (var insert = connection.prepareStatement(
            "INSERT INTO history (message_id, happened, recipient, what, detail) VALUES (?, ?, ?, ?, ?)")) {
            var lines = history(plan);
            for (var line : lines) {
                line(insert, line);
                insert.addBatch();
            }
            Row.execute(insert, lines.size());
        }
    }

    /** A row of history. */
    record Line(QueueId id, Event event) {
    }

    /** The rows of history that the plan adds, in order. */
    static List<Line> history(Plan plan) {
        return plan.lines().entrySet().stream().flatMap(entry -> rows(entry.getValue()).stream()
            .map(row -> new Line(entry.getKey(), row))).toList();
    }

    private static List<Event> rows(List<Event> events) {
        if (events.size() < 2) {
            return events;
        }
        var at = events.getFirst().at();
        return HistoryText.write(events, DETAIL).stream()
            .map(text -> new Event(at, "", HistoryText.SEVERAL, text)).toList();
    }

    /** The columns of a row of history, in order. */
    static void line(PreparedStatement statement, Line line) throws SQLException {
        var event = line.event();
        new Row(statement).add(line.id().number()).add(event.at().toEpochMilli()).cut(event.recipient(), 1000)
            .cut(event.what(), 100).cut(event.detail(), DETAIL);
    }
}
