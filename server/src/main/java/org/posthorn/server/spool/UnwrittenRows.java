package org.posthorn.server.spool;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;

/**
 * Writes what is unwritten into the tables of open messages, a batch for each. Texts for people are cut to their
 * column; addresses are not: one that is too long was {@linkplain #check refused} before.
 */
final class UnwrittenRows {

    private static final int ATTRIBUTES = 8000;         // characters in one row
    private static final int DETAIL = 4000;             // characters in one row of history
    private static final int LOCATION = 2000;
    private static final int FEW = 20;                  // slices, whose places always fit
    private static final int LOCAL_PART = 600;
    private static final int DOMAIN = 300;

    private UnwrittenRows() {
    }

    static void write(Connection connection, Collection<Unwritten> all) throws SQLException {
        insertMessages(connection, all);
        insertVariants(connection, all);
        insertRecipients(connection, all);
        updateRecipients(connection, all);
        updateMessages(connection, all);
        insertHistory(connection, all);
    }

    private static void insertMessages(Connection connection, Collection<Unwritten> all) throws SQLException {
        try (var insert = connection.prepareStatement(
            "INSERT INTO message (" + SpoolTables.MESSAGE + ")"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            var count = 0;
            for (var one : all) {
                if (one.origin().isPresent()) {
                    var origin = one.origin().get();
                    var row = new Row(insert).add(one.id().number());
                    path(row, origin.sender());
                    var parameters = origin.parameters();
                    row.add(parameters.size()).add(parameters.body().name()).add(parameters.smtpUtf8() ? 1 : 0)
                        .add(parameters.ret().name()).cut(parameters.envelopeId(), 500)
                        .add(origin.received().toEpochMilli()).cut(origin.listener(), 200)
                        .cut(origin.remoteAddress(), 100).cut(origin.helo(), 600).cut(origin.user(), 600)
                        .add(one.open()).add(one.settled()).add(parameters.handling().text());
                    insert.addBatch();
                    count++;
                }
            }
            Row.execute(insert, count);
        }
    }

    private static void insertVariants(Connection connection, Collection<Unwritten> all) throws SQLException {
        try (var insert = connection.prepareStatement(
                 "INSERT INTO variant (message_id, number, octets, location, attributes, own_sender, sender_local,"
                 + " sender_domain) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
             var further = connection.prepareStatement(
                 "INSERT INTO variant_attributes (message_id, number, part, text) VALUES (?, ?, ?, ?)")) {
            var count = 0;
            var parts = 0;
            for (var one : all) {
                for (var variant : one.variants()) {
                    var attributes = variant.attributes();
                    var row = new Row(insert).add(one.id().number()).add(variant.number()).add(variant.octets())
                        .add(variant.location()).cut(attributes, ATTRIBUTES).add(variant.sender().isPresent() ? 1 : 0);
                    path(row, variant.sender().orElseGet(ReversePath::none));
                    insert.addBatch();
                    count++;
                    parts += addFurther(further, one.id(), variant);
                }
            }
            Row.execute(insert, count);
            Row.execute(further, parts);
        }
    }

    private static int addFurther(PreparedStatement insert, QueueId id, SpoolTables.VariantRow variant)
        throws SQLException {
        var attributes = variant.attributes();
        var parts = 0;
        for (var from = Row.fitting(attributes, ATTRIBUTES).length(); from < attributes.length();) {
            var text = Row.fitting(attributes.substring(from), ATTRIBUTES);
            new Row(insert).add(id.number()).add(variant.number()).add(++parts).add(text);
            insert.addBatch();
            from += text.length();
        }
        return parts;
    }

    private static void path(Row row, ReversePath path) throws SQLException {
        switch (path) {
            case ReversePath.Null _ -> row.add("").add("");
            case ReversePath.Sender(var mailbox) -> row.add(mailbox.localPart()).add(mailbox.domain());
        }
    }

    private static void insertRecipients(Connection connection, Collection<Unwritten> all) throws SQLException {
        try (var insert = connection.prepareStatement("INSERT INTO recipient (" + SpoolTables.RECIPIENT
            + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            var count = 0;
            for (var one : all) {
                for (var queued : one.made()) {
                    var recipient = queued.recipient();
                    var row = new Row(insert).add(one.id().number()).add(queued.number()).add(queued.variant())
                        .add(recipient.mailbox().localPart()).add(recipient.mailbox().domain())
                        .add(recipient.notifyOn().stream().map(Enum::name).sorted().collect(Collectors.joining(",")))
                        .add(recipient.originalRecipient());
                    state(row, RecipientRow.of(queued.state()));
                    insert.addBatch();
                    count++;
                }
            }
            Row.execute(insert, count);
        }
    }

    private static void updateRecipients(Connection connection, Collection<Unwritten> all) throws SQLException {
        try (var update = connection.prepareStatement("UPDATE recipient SET variant = ?, status = ?, held_status = ?,"
            + " held_by = ?, due = ?, attempts = ?, processor = ?, released = ?, agent = ?, next_hop = ?, reply = ?,"
            + " notices = ? WHERE message_id = ? AND number = ?")) {
            var count = 0;
            for (var one : all) {
                for (var moved : one.moved()) {
                    var row = new Row(update).add(moved.variant());
                    state(row, RecipientRow.of(moved.state()));
                    row.add(one.id().number()).add(moved.number());
                    update.addBatch();
                    count++;
                }
            }
            Row.execute(update, count);
        }
    }

    private static void state(Row row, RecipientRow state) throws SQLException {
        row.add(state.status()).add(state.heldStatus()).cut(state.heldBy(), 200).add(state.due())
            .add(state.attempts()).add(state.processor()).add(state.released() ? 1 : 0).add(state.route().agent())
            .add(state.route().nextHop()).cut(state.reply(), 2000).add(state.notices());
    }

    private static void updateMessages(Connection connection, Collection<Unwritten> all) throws SQLException {
        try (var update = connection.prepareStatement(
            "UPDATE message SET open_recipients = ?, settled = ? WHERE id = ?")) {
            var count = 0;
            for (var one : all) {
                if (!one.isNew() && one.isCounted()) {
                    new Row(update).add(one.open()).add(one.settled()).add(one.id().number());
                    update.addBatch();
                    count++;
                }
            }
            Row.execute(update, count);
        }
    }

    private static void insertHistory(Connection connection, Collection<Unwritten> all) throws SQLException {
        try (var insert = connection.prepareStatement(
            "INSERT INTO history (message_id, happened, recipient, what, detail) VALUES (?, ?, ?, ?, ?)")) {
            var count = 0;
            for (var one : all) {
                for (var event : lines(one.history())) {
                    new Row(insert).add(one.id().number()).add(event.at().toEpochMilli()).cut(event.recipient(), 1000)
                        .cut(event.what(), 100).cut(event.detail(), DETAIL);
                    insert.addBatch();
                    count++;
                }
            }
            Row.execute(insert, count);
        }
    }

    private static List<Event> lines(List<Event> events) {
        if (events.size() < 2) {
            return events;
        }
        var at = events.getFirst().at();
        return HistoryText.write(events, DETAIL).stream()
            .map(text -> new Event(at, "", HistoryText.SEVERAL, text)).toList();
    }

    /**
     * Checks what no column may cut.
     *
     * @throws SpoolException when the tables have no room for it
     */
    static void check(Change change) {
        for (var message : change.accepted()) {
            check(message.origin().sender());
            check(message.variants());
            message.recipients().forEach(UnwrittenRows::check);
        }
        for (var settlement : change.settled()) {
            check(settlement.variants());
            settlement.added().forEach(UnwrittenRows::check);
            settlement.moved().forEach(moved -> check(moved.state()));
        }
    }

    private static void check(List<NewVariant> variants) {
        variants.forEach(variant -> variant.sender().ifPresent(UnwrittenRows::check));
    }

    private static void check(NewRecipient recipient) {
        check(recipient.recipient().mailbox());
        check("the original recipient", recipient.recipient().originalRecipient(), 1000);
        check(recipient.state());
    }

    private static void check(ReversePath path) {
        if (path instanceof ReversePath.Sender(var mailbox)) {
            check(mailbox);
        }
    }

    private static void check(Mailbox mailbox) {
        check("the local part of an address", mailbox.localPart(), LOCAL_PART);
        check("the domain of an address", mailbox.domain(), DOMAIN);
    }

    /** The same of one state. */
    static void check(RecipientState state) {
        var row = RecipientRow.of(state);
        check("the name of a processor", row.processor(), 200);
        check("the name of an agent", row.route().agent(), 200);
        check("a next hop", row.route().nextHop(), 400);
    }

    private static void check(String what, String text, int most) {
        if (text.length() > most) {
            throw new SpoolException(what + " has " + text.length() + " characters, the spool has room for " + most
                + ": " + Row.fitting(text, 100) + "...", false, null);
        }
    }

    /** Checks that the tables have room for the places of a draft's octets. */
    static void checkPlaces(List<Slice> places) {
        if (places.size() > FEW) {
            check("the list of the places of a message's octets", Slice.location(places), LOCATION);
        }
    }
}
