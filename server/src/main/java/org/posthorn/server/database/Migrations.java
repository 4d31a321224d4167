package org.posthorn.server.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;

/**
 * Brings the schema up to date: each {@link Migration} runs once, in a transaction of its own, and is noted in the
 * table {@code schema_version}. A schema newer than this build is refused: it was written by a newer Posthorn.
 */
final class Migrations {

    /** All of them, in order. A room that needs tables adds its line here. */
    static final List<Migration> ALL = List.of(
        new Migration(1, "spool"),
        new Migration(2, "users"),
        new Migration(3, "quotas"),
        new Migration(4, "addresses"),
        new Migration(5, "senders"),
        new Migration(6, "journal"),
        new Migration(7, "handling"));

    private static final String VERSIONS = """
        CREATE TABLE schema_version (
          version INTEGER NOT NULL PRIMARY KEY,
          name VARCHAR(64) NOT NULL,
          applied BIGINT NOT NULL)""";

    private final List<Migration> migrations;
    private final InstantSource clock;

    Migrations(List<Migration> migrations, InstantSource clock) {
        this.migrations = List.copyOf(migrations);
        this.clock = clock;
    }

    /** Runs what is missing. The connection must not be in auto-commit mode. */
    void apply(Connection connection) throws SQLException {
        var current = versionOrNew(connection);
        var newest = migrations.stream().mapToInt(Migration::number).max().orElse(0);
        if (current > newest) {
            throw new DatabaseException("the database has schema version " + current + ", this Posthorn knows versions"
                + " up to " + newest + "; start the newer Posthorn that wrote it, or restore a backup", null);
        }
        for (var migration : migrations) {
            if (migration.number() > current) {
                apply(connection, migration);
            }
        }
    }

    private void apply(Connection connection, Migration migration) throws SQLException {
        try {
            for (var statement : migration.statements()) {
                execute(connection, statement);
            }
            try (var insert = connection.prepareStatement("INSERT INTO schema_version VALUES (?, ?, ?)")) {
                insert.setInt(1, migration.number());
                insert.setString(2, migration.name());
                insert.setLong(3, clock.millis());
                insert.executeUpdate();
            }
            connection.commit();
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        }
    }

    /** Asks whether the table is there only when it does not answer: Derby takes longer for that than for the rest. */
    private static int versionOrNew(Connection connection) throws SQLException {
        try {
            return version(connection);
        } catch (SQLException e) {
            if (connection.isClosed()) {
                throw e;        // what it met is worse
            }
            connection.rollback();
            if (hasVersions(connection)) {
                throw e;
            }
        }
        execute(connection, VERSIONS);
        connection.commit();
        return version(connection);
    }

    private static int version(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
             var rows = statement.executeQuery("SELECT COALESCE(MAX(version), 0) FROM schema_version")) {
            rows.next();
            var version = rows.getInt(1);
            connection.commit();
            return version;
        }
    }

    private static boolean hasVersions(Connection connection) throws SQLException {
        for (var name : List.of("schema_version", "schema_version".toUpperCase(Locale.ROOT))) {
            try (var tables = connection.getMetaData().getTables(null, null, name, null)) {
                if (tables.next()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
