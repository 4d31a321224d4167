package org.posthorn.server.spool;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import org.posthorn.server.database.Database;

/** Removes what is known of messages that were settled long ago, so few at a time that whoever waits hardly notices. */
final class Purge {

    private static final int PAST = 128;        // messages of the past, a row or two each, in one transaction
    private static final int MESSAGES = 32;     // others, a row in each of four tables
    private static final int RECIPIENTS = 256;  // of theirs, or one message's

    private final Ledger ledger;
    private final Database database;
    private final SpoolTables tables;

    Purge(Ledger ledger, Database database, SpoolTables tables) {
        this.ledger = ledger;
        this.database = database;
        this.tables = tables;
    }

    /** Two steps, each for those that were settled before then, longest settled first; tells of how many messages. */
    int run(Instant before) {
        var millis = RecipientRow.millis(before);
        return ledger.step(() -> database.transaction(connection -> Past.purge(connection, millis, PAST)))
            + ledger.step(() -> database.transaction(connection -> remove(connection, millis)));
    }

    private int remove(Connection connection, long before) throws SQLException {
        var ids = SpoolPages.settled(connection, before, MESSAGES);
        var sizes = SpoolPages.recipients(connection, ids);
        var chosen = new ArrayList<QueueId>();
        var size = 0;
        for (var id : ids) {
            size += sizes.getOrDefault(id, 0);
            if (chosen.isEmpty() || size <= RECIPIENTS) {
                chosen.add(id);
            }
        }
        tables.purge(connection, chosen);
        return chosen.size();
    }
}
