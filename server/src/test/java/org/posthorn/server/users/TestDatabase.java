package org.posthorn.server.users;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.posthorn.server.database.Database;
import org.posthorn.server.database.DatabaseException;
import org.posthorn.server.database.DerbyDatabase;

/** A Derby database in memory with the tables of users, and a switch to let it fail. */
final class TestDatabase implements Database {

    // One for all tests of this process, emptied at each start: making one takes most of a second.
    private static final String URL = "jdbc:derby:memory:users-test";
    private static final List<String> TABLES = List.of("aliases", "domain_aliases", "subaddress_delimiters", "users",
        "domains", "directory_secret");

    private volatile boolean down;
    private volatile int transactions;

    @Override public void start() throws IOException {
        // Derby's engine boots once in a process, here or in a test of the real database: no derby.log either way.
        System.setProperty("derby.stream.error.method", DerbyDatabase.class.getName() + ".log");
        try (var connection = DriverManager.getConnection(URL + ";create=true")) {
            try (var tables = connection.getMetaData().getTables(null, null, "DOMAINS", null)) {
                if (!tables.next()) {
                    create(connection);
                }
            }
            for (var table : TABLES) {
                try (var sql = connection.createStatement()) {
                    sql.execute("DELETE FROM " + table);
                }
            }
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    private static void create(Connection connection) throws IOException, SQLException {
        for (var script : List.of("0002-users.sql", "0003-quotas.sql", "0004-addresses.sql")) {
            create(connection, script);
        }
    }

    private static void create(Connection connection, String name) throws IOException, SQLException {
        try (var script = Database.class.getResourceAsStream(name)) {
            var text = new String(script.readAllBytes(), StandardCharsets.UTF_8).replaceAll("--[^\n]*", "");
            for (var statement : text.split(";", -1)) {
                if (!statement.isBlank()) {
                    try (var sql = connection.createStatement()) {
                        sql.execute(statement);
                    }
                }
            }
        }
    }

    void down(boolean isDown) {
        down = isDown;
    }

    int transactions() {
        return transactions;
    }

    @Override public synchronized <T> T transaction(Work<T> work) {
        transactions++;
        if (down) {
            throw new DatabaseException("the test took it down", null);
        }
        try (var connection = DriverManager.getConnection(URL)) {
            connection.setAutoCommit(false);
            try {
                var result = work.run(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw new DatabaseException(e.getMessage(), e);
        }
    }

    @Override public void stop(Duration grace) {
        down = false;
    }
}
