package org.posthorn.server.database;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.derby.iapi.jdbc.AuthenticationService;
import org.apache.derby.iapi.jdbc.AutoloadedDriver;
import org.apache.derby.iapi.jdbc.InternalDriver;
import org.apache.derby.iapi.services.monitor.Monitor;
import org.apache.derby.impl.services.jmxnone.NoManagementService;
import org.apache.derby.shared.common.reference.Property;
import org.posthorn.server.log.EventLog;

/**
 * Apache Derby in this process. All that is Derby's own is here: its URLs, properties, procedures and error codes.
 *
 * <p>Commits are as durable as Derby makes them by default: the log is forced before {@code commit} returns. When Derby
 * gives up the database (its log could not be written), or what it has of it in memory is broken, it is shut down, and
 * a later transaction boots it again: a full disk needs no restart. While that fails, transactions fail at once; it is
 * tried again after {@link #FIRST_PAUSE}, then after longer and longer, at most {@link #LONGEST_PAUSE}. The lock
 * guards opening and closing.
 */
public final class DerbyDatabase implements Database {

    static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private static final EventLog LOG = EventLog.of(DerbyDatabase.class);
    /** How often Derby said in its log, which it wants by the name of a static method, that a database is broken. */
    private static final AtomicLong BROKEN = new AtomicLong();
    private static final String DIRECTORY = "directory";    // Derby's name for files as the system has them
    private static final int TRIES = 4;                     // of a transaction that lost a race for a lock
    private static final long WORTH = 2 << 20;      // octets to win before a table is copied
    private static final long AT_ONCE = 8 << 20;    // octets of a table that are copied at most: 50 to 200 ms

    private final DatabaseConfig config;
    private final Migrations migrations;
    private final String storage;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Optional<HikariDataSource> pool = Optional.empty();
    private volatile boolean started;
    private volatile long brokenBefore;                     // BROKEN when it was opened
    private int failures;                                   // to open it, in a row
    private long notBefore;                                 // the next try to open it, in nanoTime
    private Optional<IOException> lastFailure = Optional.empty();
    private Optional<SQLException> lost = Optional.empty();     // why it was last given up

    /** A database that opens at {@link #start}. */
    public DerbyDatabase(DatabaseConfig config, InstantSource clock) {
        this(config, new Migrations(Migrations.ALL, clock));
    }

    DerbyDatabase(DatabaseConfig config, Migrations migrations) {
        this(config, migrations, DIRECTORY);
    }

    /** With a storage that Derby knows by this name; see its property {@code derby.subSubProtocol}. */
    DerbyDatabase(DatabaseConfig config, Migrations migrations, String storage) {
        this.config = config;
        this.migrations = migrations;
        this.storage = storage;
    }

    /** Opens it, unless it is open. A second thread that calls this waits for the first. */
    @Override public void start() throws IOException {
        Files.createDirectories(config.directory().getParent());
        // Derby reads these when its engine first boots in this process; without them it writes a derby.log where it
        // is.
        System.setProperty("derby.stream.error.method", DerbyDatabase.class.getName() + ".log");
        // A page that is written over is whole after a power loss, or not at all, only as far as the disk writes it at
        // once; tables made with Derby's larger pages keep them.
        System.setProperty("derby.storage.pageSize", "4096");
        lock.lock();
        try {
            if (!started) {
                boot(";create=true");
                started = true;
            }
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
            var used = open();
            try {
                return once(used, work);
            } catch (CommitException e) {
                examine(used, e.failure);
                throw new DatabaseException("the database failed at a commit: " + DerbyErrors.explained(e.failure),
                    e.failure, true);
            } catch (SQLException e) {
                examine(used, e);
                if (attempt == TRIES || !DerbyErrors.lostRace(e)) {
                    throw new DatabaseException("the database failed: " + DerbyErrors.explained(e), e);
                }
                LOG.debug("lock-race-lost", "attempt", attempt, "state", e.getSQLState());
            }
        }
    }

    /** The commit failed: it may be on the disk or not. */
    private static final class CommitException extends Exception {
        private static final long serialVersionUID = 1L;
        private final SQLException failure;

        CommitException(SQLException failure) {
            super(failure);
            this.failure = failure;
        }
    }

    private <T> T once(HikariDataSource pool, Work<T> work) throws SQLException, CommitException {
        var connection = pool.getConnection();
        try {
            var result = work.run(connection);
            commit(connection);
            checkWhole();
            return result;
        } catch (SQLException | RuntimeException | Error | CommitException e) {
            rollBack(connection, e);
            throw e;
        } finally {
            giveBack(connection);
        }
    }

    /**
     * A page that could not be written makes Derby stop the database's lower parts, on another thread perhaps; and
     * meanwhile rows that are there may seem not to be.
     */
    private void checkWhole() throws CommitException {
        if (BROKEN.get() != brokenBefore) {
            throw new CommitException(DerbyErrors.broken());
        }
    }

    private static void commit(Connection connection) throws CommitException {
        try {
            connection.commit();
        } catch (SQLException e) {
            throw new CommitException(e);
        } catch (RuntimeException | Error e) {
            throw new CommitException(new SQLException("broken within the commit: " + e, e));
        }
    }

    private static void rollBack(Connection connection, Throwable cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    /** What was committed stays so, whatever becomes of the connection. */
    private static void giveBack(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("connection-not-given-back", "why", e.getMessage());
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

    private HikariDataSource open() {
        var there = pool;
        if (there.isPresent()) {
            return there.get();
        }
        try {
            if (!lock.tryLock(config.patience().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new DatabaseException("the database is still being opened", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException("interrupted while the database is being opened", e);
        }
        try {
            if (!started) {
                throw new DatabaseException("the database is not running", null);
            }
            if (pool.isEmpty()) {
                reopen();
            }
            return pool.orElseThrow();
        } finally {
            lock.unlock();
        }
    }

    private void reopen() {
        if (lastFailure.isPresent() && System.nanoTime() - notBefore < 0) {
            throw new DatabaseException(lastFailure.get().getMessage(), lastFailure.get());
        }
        try {
            boot("");       // never made anew: what is missing now is lost
            failures = 0;
            lastFailure = Optional.empty();
            LOG.info("database-open-again", "directory", config.directory());
        } catch (IOException | RuntimeException e) {
            var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures++, 10));
            pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
            notBefore = System.nanoTime() + pause.toNanos();
            var failure = new IOException(e.getMessage(), cause(e));
            lastFailure = Optional.of(failure);
            LOG.warn("database-not-opened-again", "why", failure.getMessage(), "next", pause);
            throw new DatabaseException(failure.getMessage(), failure);
        }
    }

    /** A disk that was full when the database was lost is still full when it can only be read. */
    private Throwable cause(Exception failure) {
        return lost.isPresent() && DerbyErrors.isReadOnly(failure.getCause()) ? lost.get() : failure;
    }

    /** After a failure: is it the database's end, or may it be? Then a later transaction boots it again. */
    private void examine(HikariDataSource used, SQLException failure) {
        if (DerbyErrors.endsDatabase(failure) || DerbyErrors.looksBroken(failure) && !answers()) {
            giveUp(used, failure);
        }
    }

    /** Whether the database can be read, through no connection that was there before. */
    private boolean answers() {
        try (var connection = DriverManager.getConnection(url());
             var statement = connection.createStatement();
             var rows = statement.executeQuery("SELECT COUNT(*) FROM schema_version")) {
            return rows.next();
        } catch (SQLException e) {
            LOG.debug("database-does-not-answer", "why", e.getMessage());
            return false;
        }
    }

    private void giveUp(HikariDataSource used, SQLException cause) {
        lock.lock();
        try {
            if (pool.equals(Optional.of(used))) {       // else somebody else did so already
                LOG.error("database-lost", cause, "directory", config.directory());
                pool = Optional.empty();
                lost = Optional.of(cause);
                shutDown();         // first: it ends the transactions that the pool would wait for
                used.close();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Boots the engine, unless it runs, as its driver would, but for one module: beans for JMX, which nobody asks for,
     * would have the JVM make all of its own, and that takes longer than all else here.
     */
    private static synchronized void bootEngine() {
        if (InternalDriver.activeDriver() == null) {
            var modules = new Properties();
            modules.setProperty("derby.service.jdbc", InternalDriver.class.getName());
            modules.setProperty("derby.service.authentication", AuthenticationService.class.getName());
            modules.setProperty("derby.module.mgmt.none", NoManagementService.class.getName());
            Monitor.startMonitor(modules, new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        }
    }

    private void boot(String attributes) throws IOException {
        brokenBefore = BROKEN.get();
        bootEngine();
        try (var connection = DriverManager.getConnection(url() + attributes)) {
            connection.setAutoCommit(false);
            property(connection, "derby.locks.waitTimeout", String.valueOf(config.patience().toSeconds()));
            property(connection, "derby.locks.deadlockTimeout", "1");
            connection.commit();
            migrations.apply(connection);
            connection.rollback();
        } catch (SQLException e) {
            if (DerbyErrors.cannotReadItsLog(e) && UnfinishedLog.remove(config.directory())) {
                boot(attributes);
                return;
            }
            throw explained(e);
        } catch (DatabaseException e) {
            close();
            throw e;
        } catch (RuntimeException e) {      // Derby reads what is damaged, and stumbles
            close();
            throw new IOException("the database " + config.directory() + " cannot be opened: "
                + DerbyErrors.explained(DerbyErrors.stumbled(e)), e);
        }
        pool = Optional.of(pooling());
    }

    /** Not by way of a {@code HikariConfig}, which is copied by reflection. */
    private HikariDataSource pooling() {
        var pooling = new HikariDataSource();
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
        if (DerbyErrors.isInUse(failure)) {
            return new IOException("the database " + config.directory()
                + " is in use by another process: is another Posthorn running on this home?", failure);
        }
        close();
        if (DerbyErrors.isEngineDown(failure)) {
            forgetEngine();
        }
        return new IOException("the database " + config.directory() + " cannot be opened: "
            + DerbyErrors.explained(failure), failure);
    }

    private void close() {
        pool.ifPresent(HikariDataSource::close);
        pool = Optional.empty();
        shutDown();
    }

    private void shutDown() {
        try {
            DriverManager.getConnection(url() + ";shutdown=true").close();
            LOG.warn("database-still-open", "directory", config.directory());
        } catch (SQLException e) {
            if (DerbyErrors.isNotThere(e)) {
                LOG.debug("database-was-not-open", "directory", config.directory(), "why", e.getMessage());
            } else if (!DerbyErrors.isShutDown(e)) {
                LOG.warn("database-not-shut-down", "directory", config.directory(), "why", e.getMessage());
                forget();
            }
        }
    }

    /**
     * A page that could not be written makes Derby stop the lower parts of a database and keep the upper ones, which
     * can neither be used nor be shut down by a URL then: each try ends at the first part that misses another. Ended
     * here, the rest is forgotten, and the next boot begins anew.
     */
    private void forget() {
        Optional.ofNullable(Monitor.findService(Property.DATABASE_MODULE, storage + ":" + config.directory()))
            .ifPresent(rest -> {
                try {
                    Monitor.getMonitor().shutdown(rest);
                } catch (RuntimeException e) {
                    LOG.debug("database-forgotten", "directory", config.directory(), "why", e);
                }
            });
    }

    /** The same with the engine: an error that ended it, and met a broken database on the way, never ends. */
    private static void forgetEngine() {
        LOG.warn("derby-forgotten");
        try {
            Optional.ofNullable(InternalDriver.activeDriver()).ifPresent(InternalDriver::stop);
        } catch (RuntimeException e) {
            LOG.debug("derby-driver-broken", "why", e);
        }
        AutoloadedDriver.unregisterDriverModule();
        Monitor.clearMonitor();
    }

    private String url() {
        return "jdbc:derby:" + storage + ":" + config.directory();
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
                        if (line.indexOf("Begin Shutdown Error Stack") >= 0) {
                            BROKEN.incrementAndGet();
                        }
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
