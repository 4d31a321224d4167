package org.posthorn.server.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.posthorn.server.log.EventLog;

/**
 * Apache Derby in this process. All that is Derby's own is here: its URLs, properties, procedures and error codes.
 *
 * <p>Commits are as durable as Derby makes them by default: the log is forced before {@code commit} returns. When Derby
 * gives up the database (its log could not be written), the next transaction boots it again, so that a full disk needs
 * no restart. The lock guards opening and closing.
 */
public final class DerbyDatabase implements Database {

    private static final EventLog LOG = EventLog.of(DerbyDatabase.class);
    private static final String SHUT_DOWN = "08006";
    private static final List<String> IN_USE = List.of("XSDB6", "XSDBA");
    private static final List<String> LOST_RACE = List.of("40001", "40XL1", "40XL2");
    private static final int TRIES = 4;             // of a transaction that lost a race for a lock
    private static final int FATAL = 45_000;        // Derby's severity of errors that end the database
    private static final long WORTH = 2 << 20;      // octets to win before a table is copied
    private static final long AT_ONCE = 8 << 20;    // octets of a table that are copied at most: 50 to 200 ms

    private final DatabaseConfig config;
    private final Migrations migrations;
    private final ReentrantLock lock = new ReentrantLock();
    private Optional<HikariDataSource> pool = Optional.empty();
    private boolean started;

    /** A database that opens at {@link #start}. */
    @Inject public DerbyDatabase(DatabaseConfig config, InstantSource clock) {
        this(config, new Migrations(Migrations.ALL, clock));
    }

    DerbyDatabase(DatabaseConfig config, Migrations migrations) {
        this.config = config;
        this.migrations = migrations;
    }

    @Override public void start() throws IOException {
        Files.createDirectories(config.directory().getParent());
        // Derby reads these when its engine first boots in this process; without them it writes a derby.log where it
        // is.
        System.setProperty("derby.stream.error.method", DerbyDatabase.class.getName() + ".log");
        lock.lock();
        try {
            boot();
            started = true;
        } finally {
            lock.unlock();
        }
    }

    @Override public void stop(Duration grace) {
        lock.lock();
        try {
            started = false;
            close();
        } finally {
            lock.unlock();
        }
    }

    @Override public <T> T transaction(Work<T> work) {
        for (var attempt = 1;; attempt++) {
            try {
                return once(work);
            } catch (SQLException e) {
                if (e.getErrorCode() >= FATAL) {
                    giveUp(e);
                }
                if (attempt == TRIES || !LOST_RACE.contains(e.getSQLState())) {
                    throw new DatabaseException("the database failed: " + e.getMessage(), e);
                }
                LOG.debug("lock-race-lost", "attempt", attempt, "state", e.getSQLState());
            }
        }
    }

    private <T> T once(Work<T> work) throws SQLException {
        try (var connection = pool().getConnection()) {
            try {
                var result = work.run(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException | Error e) {
                rollBack(connection, e);
                throw e;
            }
        }
    }

    private static void rollBack(Connection connection, Throwable cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    @Override public boolean reclaim(String table) {
        var name = table.toUpperCase(Locale.ROOT);
        return transaction(connection -> {
            var space = space(connection, name);
            if (space.waste() < WORTH || space.live() > AT_ONCE) {
                return false;
            }
            try (var call = connection.prepareCall("CALL SYSCS_UTIL.SYSCS_COMPRESS_TABLE(?, ?, 0)")) {
                call.setString(1, connection.getSchema());
                call.setString(2, name);
                call.execute();
            }
            LOG.info("space-reclaimed", "table", table, "octets", space.waste());
            return true;
        });
    }

    /**
     * What a table takes on the disk.
     *
     * @param live octets of pages with rows in them
     * @param waste octets of its free pages, and of its indexes beyond what its rows take
     */
    private record Space(long live, long waste) {
    }

    private static Space space(Connection connection, String table) throws SQLException {
        var live = 0L;
        var all = 0L;
        try (var query = connection.prepareStatement("SELECT isindex, numallocatedpages, numfreepages, pagesize"
                 + " FROM TABLE (SYSCS_DIAG.SPACE_TABLE(?, ?)) AS spaces")) {
            query.setString(1, connection.getSchema());
            query.setString(2, table);
            try (var rows = query.executeQuery()) {
                while (rows.next()) {
                    var allocated = rows.getLong(2) * rows.getLong(4);
                    live += rows.getInt(1) == 0 ? allocated : 0;
                    all += allocated + rows.getLong(3) * rows.getLong(4);
                }
            }
        }
        return new Space(live, Math.max(0, all - 2 * live));
    }

    private HikariDataSource pool() throws SQLException {
        lock.lock();
        try {
            if (!started) {
                throw new DatabaseException("the database is not running", null);
            }
            if (pool.isEmpty()) {
                boot();
            }
            return pool.orElseThrow();
        } catch (IOException e) {
            throw new SQLException("the database cannot be opened again: " + e.getMessage(), e);
        } finally {
            lock.unlock();
        }
    }

    /** After an error that Derby does not survive: the next transaction boots it again. */
    private void giveUp(SQLException cause) {
        lock.lock();
        try {
            LOG.error("database-lost", cause, "directory", config.directory());
            close();
        } finally {
            lock.unlock();
        }
    }

    private void boot() throws IOException {
        try (var connection = DriverManager.getConnection(url() + ";create=true")) {
            connection.setAutoCommit(false);
            property(connection, "derby.locks.waitTimeout", String.valueOf(config.patience().toSeconds()));
            property(connection, "derby.locks.deadlockTimeout", "1");
            connection.commit();
            migrations.apply(connection);
            connection.rollback();
        } catch (SQLException e) {
            throw explained(e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        pool = Optional.of(new HikariDataSource(pooling()));
    }

    private HikariConfig pooling() {
        var pooling = new HikariConfig();
        pooling.setPoolName("database");
        pooling.setJdbcUrl(url());
        pooling.setMaximumPoolSize(config.connections());
        pooling.setMinimumIdle(1);
        pooling.setAutoCommit(false);
        pooling.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        pooling.setConnectionTimeout(config.patience().toMillis());
        pooling.setMaxLifetime(0);          // an embedded database has no connection that grows stale
        return pooling;
    }

    private IOException explained(SQLException failure) {
        for (var e = failure; e != null; e = e.getNextException()) {
            if (IN_USE.contains(e.getSQLState())) {
                return new IOException("the database " + config.directory()
                    + " is in use by another process: is another Posthorn running on this home?", failure);
            }
        }
        close();
        return new IOException("the database " + config.directory() + " cannot be opened: " + failure.getMessage(),
            failure);
    }

    private void close() {
        pool.ifPresent(HikariDataSource::close);
        pool = Optional.empty();
        try (var connection = DriverManager.getConnection(url() + ";shutdown=true")) {
            connection.rollback();
            LOG.warn("database-still-open", "directory", config.directory());
        } catch (SQLException e) {
            if (!SHUT_DOWN.equals(e.getSQLState())) {
                LOG.debug("database-was-not-open", "directory", config.directory(), "why", e.getMessage());
            }
        }
    }

    private String url() {
        return "jdbc:derby:directory:" + config.directory();
    }

    private static void property(Connection connection, String key, String value) throws SQLException {
        try (var call = connection.prepareCall("CALL SYSCS_UTIL.SYSCS_SET_DATABASE_PROPERTY(?, ?)")) {
            call.setString(1, key);
            call.setString(2, value);
            call.execute();
        }
    }

    /** Where Derby writes its own log, by a property that names this method: each line is a debug line of ours. */
    public static Writer log() {
        return new DerbyLines();
    }

    /** Cuts Derby's log into lines. Derby writes from several threads, one print at a time, under the writer's lock. */
    private static final class DerbyLines extends Writer {
        private final StringBuilder line = new StringBuilder();

        @Override public void write(char[] text, int offset, int length) {
            synchronized (lock) {
                for (var i = offset; i < offset + length; i++) {
                    if (text[i] == '\n') {
                        LOG.debug("derby", "line", line);
                        line.setLength(0);
                    } else {
                        line.append(text[i]);
                    }
                }
            }
        }

        @Override public void flush() {
            // A line is written when it ends.
        }

        @Override public void close() {
            // Derby's lines end with Derby.
        }
    }
}
