package org.posthorn.server.spool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.server.database.Database;
import org.posthorn.server.database.DatabaseConfig;
import org.posthorn.server.database.DerbyDatabase;

/**
 * Fills a spool with messages that wait: 128 messages in one change, and many more by copying rows. No test: its main
 * fills a home of which no server runs, for {@code .ci/backlog-check}.
 */
public final class Backlog {

    private static final int TOGETHER = 128;
    private static final int WRITTEN = 8192;        // through the spool; the rest are copies of their rows
    private static final int SETTLED = 5;           // the argument
    private static final int BLOCK = 16;            // bits of an id within its block
    /** What an ordinary attempt ended with. */
    static final String REPLY = "450 4.4.1 Not reached";
    private static final Duration SPREAD = Duration.ofHours(1);

    private Backlog() {
    }

    /**
     * Arguments: home, messages, octets of each, domain of the recipients, seconds until the first is due; they become
     * due within an hour from then. A sixth, {@code settled}: their queue is empty, and only the rows are there yet.
     */
    static void main(String[] arguments) throws IOException {
        var home = Path.of(arguments[0]);
        var messages = Integer.parseInt(arguments[1]);
        var first = Instant.now().plusSeconds(Long.parseLong(arguments[4]));
        System.setProperty("derby.system.durability", "test");      // quick, and closed in order at the end
        var database = new DerbyDatabase(DatabaseConfig.of(home), InstantSource.system());
        database.start();
        var spool = new DerbySpool(SpoolConfig.of(home), database, Disk.real(), InstantSource.system());
        try {
            var began = System.nanoTime();
            spool.start();
            try {
                fill(spool, Math.min(messages, WRITTEN), Integer.parseInt(arguments[2]), arguments[3], REPLY, first);
                multiply(database, messages);
            } finally {
                spool.stop(Duration.ofMinutes(1));
            }
            if (arguments.length > SETTLED) {
                settle(database);       // now that nobody is there who would remove them
            }
            var took = Duration.ofNanos(System.nanoTime() - began);
            IO.println("%,d messages written in %.1f s".formatted(messages, took.toMillis() / 1000.0));
        } finally {
            database.stop(Duration.ofMinutes(1));
        }
    }

    /** Accepts messages for {@code uN@domain}, put off with that reply, due one after the other. */
    static void fill(Spool spool, int messages, int octets, String domain, String reply, Instant first) {
        var text = ("Subject: backlog\r\n\r\n" + "x".repeat(Math.max(0, octets - 20))).getBytes(
            StandardCharsets.US_ASCII);
        var step = SPREAD.dividedBy(Math.max(1, messages));
        for (var done = 0; done < messages; done += TOGETHER) {
            var accepted = new ArrayList<NewMessage>();
            IntStream.range(done, Math.min(messages, done + TOGETHER)).forEach(number -> accepted.add(
                message(spool, text, new Mailbox("u" + number, domain), reply, first.plus(step.multipliedBy(number)))));
            spool.commit(new Change(accepted, List.of()));
        }
        spool.list(Optional.empty(), 1);        // the tables know all of it now
    }

    /** Copies all rows, under ids of their own, until there are so many messages; copies refer to the same bodies. */
    static void multiply(Database database, int messages) {
        for (var count = number(database, "SELECT COUNT(*) FROM message"); count < messages;) {
            var from = number(database, "SELECT MIN(id) FROM message");
            var shift = (number(database, "SELECT MAX(id) FROM message") - from >> BLOCK) + 1 << BLOCK;
            var until = " < " + number(database, "SELECT MAX(id) FROM (SELECT id FROM message ORDER BY id FETCH FIRST "
                + Math.min(count, messages - count) + " ROWS ONLY) AS first_ones") + " + 1";
            database.transaction(connection -> {
                copy(connection, "message", "id", SpoolTables.MESSAGE, shift, until);
                copy(connection, "variant", "message_id", "message_id, " + SpoolTables.VARIANT, shift, until);
                copy(connection, "recipient", "message_id", SpoolTables.RECIPIENT, shift, until);
                copy(connection, "history", "message_id", "message_id, happened, recipient, what, detail", shift,
                    until);
                return true;
            });
            count = number(database, "SELECT COUNT(*) FROM message");
        }
        var newest = number(database, "SELECT MAX(id) FROM message");
        database.transaction(connection -> {
            try (var update = connection.createStatement()) {
                return update.executeUpdate("UPDATE id_block SET reserved = " + (newest >> BLOCK));
            }
        });
    }

    /** Puts all messages at their end, long ago: only their rows are left. */
    static void settle(Database database) {
        database.transaction(connection -> {
            try (var update = connection.createStatement()) {
                return update.executeUpdate("UPDATE message SET open_recipients = 0, settled = 1")
                    + update.executeUpdate("UPDATE recipient SET status = 11, due = 0");
            }
        });
    }

    private static void copy(Connection connection, String table, String id, String columns, long shift, String until)
        throws SQLException {
        try (var insert = connection.createStatement()) {
            insert.executeUpdate("INSERT INTO " + table + " (" + columns + ") SELECT "
                + id + " + " + shift + columns.substring(id.length()) + " FROM " + table + " WHERE " + id + until);
        }
    }

    private static long number(Database database, String sql) {
        return database.transaction(connection -> SpoolTables.query(connection, sql, 0, row -> row.getLong(1)))
            .getFirst();
    }

    private static NewMessage message(Spool spool, byte[] text, Mailbox to, String reply, Instant due) {
        var now = Instant.now();
        var state = new RecipientState.Routed(new Route("remote", to.domain()), due, 1, reply);
        return new NewMessage(spool.nextId(), TestMessages.origin(now),
            List.of(new NewVariant(TestMessages.draft(spool, text), "")),
            List.of(new NewRecipient(Recipient.of(to), 0, state)),
            List.of(new Event(now, "", "received", "from a test"), new Event(now, to.toString(), "deferred",
                reply)));
    }
}
