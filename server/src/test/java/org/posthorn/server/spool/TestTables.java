package org.posthorn.server.spool;

import org.posthorn.server.database.Database;

/** The spool's tables, between tests that share a database. */
final class TestTables {

    private TestTables() {
    }

    /** Removes all rows but those of reserved ids. */
    static void clear(Database database) {
        database.transaction(connection -> {
            try (var statement = connection.createStatement()) {
                for (var table : SpoolTables.NAMES) {
                    statement.execute("DELETE FROM " + table);
                }
            }
            return true;
        });
    }
}
