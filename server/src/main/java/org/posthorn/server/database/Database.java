package org.posthorn.server.database;

import java.sql.Connection;
import java.sql.SQLException;
import org.posthorn.server.Service;

/** The database of this server. Its schema is up to date once it has started. Thread-safe. */
public interface Database extends Service {

    /**
     * Runs the work in a transaction of its own and commits it durably; rolls back when the work throws.
     *
     * @throws DatabaseException when the work or the commit failed; nothing of it happened
     */
    <T> T transaction(Work<T> work);

    /** Statements that belong together. The connection is not to be kept, committed or closed. */
    @FunctionalInterface
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }
}
