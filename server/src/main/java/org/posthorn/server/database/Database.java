package org.posthorn.server.database;

import java.sql.Connection;
import java.sql.SQLException;
import org.posthorn.server.Service;

/** The database of this server. Its schema is up to date once it has started. Thread-safe. */
public interface Database extends Service {

    /**
     * Runs the work in a transaction of its own and commits it durably; rolls back when the work throws.
     *
     * @throws DatabaseException when the work or the commit failed; nothing of it happened, unless it is
     *     {@link DatabaseException#isInDoubt in doubt}
     */
    <T> T transaction(Work<T> work);

    /**
     * Gives the space of deleted rows back to the disk, where the database does not do that by itself, and as far as it
     * is a matter of a moment: the table is locked meanwhile. To be called again from time to time.
     *
     * @return whether anything was done
     * @throws DatabaseException when that failed; the rows are as they were
     */
    default boolean reclaim(String table) {
        return false;       // most databases reclaim by themselves
    }

    /** Statements that belong together. The connection is not to be kept, committed or closed. */
    @FunctionalInterface
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }
}
