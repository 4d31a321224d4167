package org.posthorn.server.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
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
     * Gives the space of deleted rows back to the disk, where the database does not do that by itself. The tables may
     * be locked for as long as copying what is left of them takes.
     *
     * @throws DatabaseException when that failed; the rows are as they were
     */
    default void reclaim(List<String> tables) {
        // Most databases reclaim by themselves.
    }

    /** Statements that belong together. The connection is not to be kept, committed or closed. */
    @FunctionalInterface
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }
}
