package org.posthorn.server.database;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where the database lies.
 *
 * @param directory its own directory; made when it is missing, its parents too
 * @param connections how many transactions may run at once, at least 2
 * @param patience how long a transaction waits for a connection, and for a lock; at least a second
 */
public record DatabaseConfig(Path directory, int connections, Duration patience) {

    /** Checks the bounds. */
    public DatabaseConfig {
        directory = directory.toAbsolutePath().normalize();
        if (connections < 2 || patience.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("a database needs 2 connections and a patience of a second at least");
        }
    }

    /** The database of a server's home: in {@code data/database}, 8 connections, 20 s of patience. */
    public static DatabaseConfig of(Path home) {
        return new DatabaseConfig(home.resolve("data").resolve("database"), 8, Duration.ofSeconds(20));
    }
}
