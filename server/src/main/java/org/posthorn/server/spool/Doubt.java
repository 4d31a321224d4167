package org.posthorn.server.spool;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.posthorn.server.database.Database;
import org.posthorn.server.database.DatabaseException;
import org.posthorn.server.log.EventLog;

/**
 * A commit that failed: nobody knows whether it is on the disk. Whoever wanted it was told that nothing of
 * it happened, and may try it again; so it is taken back, if it is there, before anything else is read or written.
 * Taking back what never was there changes nothing, and may be done twice.
 *
 * <p>There is one at most: nothing else is begun before it is settled. Until then the octets that it refers to stay on
 * the disk, since a crash may bring it back. Guarded by the {@link Ledger}'s lock.
 */
final class Doubt {

    private static final EventLog LOG = EventLog.of(Doubt.class);

    private final Database database;
    private Optional<Open> open = Optional.empty();

    Doubt(Database database) {
        this.database = database;
    }

    /** Statements that make the tables what they were before. */
    @FunctionalInterface
    interface Undo {
        void run(Connection connection) throws SQLException;
    }

    private record Open(Runnable undo, Runnable forget) {
    }

    /**
     * Notes that a transaction failed.
     *
     * @param forget lets go of what the transaction referred to: now if it surely did not happen, else once settled
     */
    void failed(Throwable failure, Undo undo, Runnable forget) {
        if (failure instanceof DatabaseException known && !known.isInDoubt()) {
            forget.run();
        } else {
            open(failure, () -> database.transaction(connection -> {
                undo.run(connection);
                return undo;
            }), forget);
        }
    }

    /**
     * Notes a commit of which it is not known whether it happened.
     *
     * @param undo takes it back, or throws when that cannot be done yet
     * @param forget lets go of what it referred to, once it is taken back
     */
    void open(Throwable failure, Runnable undo, Runnable forget) {
        LOG.warn("commit-in-doubt", "why", failure.getMessage());
        open = Optional.of(new Open(undo, forget));
    }

    /**
     * Takes back what is in doubt.
     *
     * @throws DatabaseException when that cannot be done yet
     * @throws SpoolException the same
     */
    void settle() {
        if (open.isEmpty()) {
            return;
        }
        var last = open.get();
        last.undo.run();
        open = Optional.empty();
        last.forget.run();
        LOG.info("doubt-settled");
    }
}
