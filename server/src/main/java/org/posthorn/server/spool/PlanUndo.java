package org.posthorn.server.spool;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes the rows what they were before a plan was written by {@link PlanRows}, whether it was or not. What is in force
 * in memory is what was before: nothing of the plan was published. A recipient that was ahead of its row in memory gets
 * the row of what memory says.
 */
final class PlanUndo {

    private PlanUndo() {
    }

    /** Takes the plan's rows away, and gives those that it changed their old values. */
    static void takeBack(Connection connection, Plan plan) throws SQLException {
        var accepted = plan.accepted().stream().map(NewMessage::id).collect(Collectors.toSet());
        removeMessages(connection, accepted);
        removeForms(connection, plan, accepted);
        removeRecipients(connection, plan, accepted);
        PlanRows.updateRecipients(connection, plan.moved().stream().map(moved ->
            new Plan.Moved(moved.id(), moved.after(), moved.before())).toList());
        restoreMessages(connection, plan, accepted);
        removeHistory(connection, plan, accepted);
    }

    private static void removeMessages(Connection connection, Set<QueueId> accepted) throws SQLException {
        for (var rows : List.of("history WHERE message_id", "recipient WHERE message_id",
            "variant_attributes WHERE message_id", "variant WHERE message_id", "message WHERE id")) {
            try (var delete = connection.prepareStatement("DELETE FROM " + rows + " = ?")) {
                for (var id : accepted) {
                    new Row(delete).add(id.number());
                    delete.addBatch();
                }
                run(delete, accepted.size());
            }
        }
    }

    private static void removeForms(Connection connection, Plan plan, Set<QueueId> accepted) throws SQLException {
        var forms = plan.forms().stream().filter(form -> !accepted.contains(form.id())).toList();
        for (var table : List.of("variant_attributes", "variant")) {
            try (var delete = connection.prepareStatement(
                "DELETE FROM " + table + " WHERE message_id = ? AND number = ?")) {
                for (var form : forms) {
                    new Row(delete).add(form.id().number()).add(form.variant().number());
                    delete.addBatch();
                }
                run(delete, forms.size());
            }
        }
    }

    private static void removeRecipients(Connection connection, Plan plan, Set<QueueId> accepted)
        throws SQLException {
        var made = plan.made().stream().filter(one -> !accepted.contains(one.id())).toList();
        try (var delete = connection.prepareStatement("DELETE FROM recipient WHERE message_id = ? AND number = ?")) {
            for (var one : made) {
                new Row(delete).add(one.id().number()).add(one.recipient().number());
                delete.addBatch();
            }
            run(delete, made.size());
        }
    }

    /** A message of which a recipient could be moved was not settled. */
    private static void restoreMessages(Connection connection, Plan plan, Set<QueueId> accepted) throws SQLException {
        var open = new HashMap<QueueId, Integer>();
        plan.standings().forEach(standing -> open.put(standing.id(), standing.open()));
        plan.made().forEach(made -> add(open, made.id(), made.recipient().state().isFinal() ? 0 : -1));
        plan.moved().forEach(moved -> add(open, moved.id(),
            (moved.after().state().isFinal() ? 1 : 0) - (moved.before().state().isFinal() ? 1 : 0)));
        open.keySet().removeAll(accepted);
        try (var update = connection.prepareStatement(
            "UPDATE message SET open_recipients = ?, settled = 0 WHERE id = ?")) {
            for (var message : open.entrySet()) {
                new Row(update).add(message.getValue()).add(message.getKey().number());
                update.addBatch();
            }
            run(update, open.size());
        }
    }

    private static void add(Map<QueueId, Integer> open, QueueId id, int count) {
        open.merge(id, count, Integer::sum);
    }

    private static void removeHistory(Connection connection, Plan plan, Set<QueueId> accepted) throws SQLException {
        var lines = PlanRows.history(plan).stream().filter(line -> !accepted.contains(line.id())).toList();
        try (var delete = connection.prepareStatement("DELETE FROM history WHERE message_id = ? AND happened = ?"
            + " AND recipient = ? AND what = ? AND detail = ?")) {
            for (var line : lines) {
                PlanRows.line(delete, line);
                delete.addBatch();
            }
            run(delete, lines.size());
        }
    }

    /** Other than for inserts, it does not matter how many rows there were. */
    private static void run(PreparedStatement statement, int batches) throws SQLException {
        if (batches > 0) {
            statement.executeBatch();
        }
    }
}
