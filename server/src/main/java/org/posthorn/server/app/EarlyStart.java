package org.posthorn.server.app;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.posthorn.server.config.Problems;
import org.posthorn.server.database.DatabaseException;
import org.posthorn.server.database.DerbyDatabase;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.FirstQuestions;

/**
 * What a start needs of no setting, done on a thread of its own while the configuration is read: the log is turned on,
 * and then the database is opened, which takes as long as all the rest.
 */
final class EarlyStart {

    private static final EventLog LOG = EventLog.of(EarlyStart.class);

    private final DerbyDatabase database;
    private final FutureTask<Problems> logging;
    private final FutureTask<Void> opening;

    EarlyStart(Log log, DerbyDatabase database) {
        this.database = database;
        this.logging = new FutureTask<>(() -> {
            var problems = new Problems();
            log.open(problems);
            return problems;
        });
        this.opening = new FutureTask<>(() -> {
            database.start();
            prepare();
            return null;
        });
    }

    /** Turns the log on. */
    @FunctionalInterface
    interface Log {

        /**
         * Does so.
         *
         * @param problems gets what is wrong with its configuration
         */
        void open(Problems problems) throws IOException;
    }

    void begin() {
        Thread.ofPlatform().name("early-start").start(() -> {
            logging.run();
            opening.run();
        });
    }

    /** The spool will ask the same, and knows what to say of a database that cannot answer. */
    private void prepare() {
        try {
            FirstQuestions.prepare(database);
        } catch (DatabaseException e) {
            LOG.debug("first-questions-not-prepared", "why", e.getMessage());
        }
    }

    /**
     * Returns when the log is on.
     *
     * @return what is wrong with its configuration
     */
    Problems awaitLog() throws IOException {
        return result(logging, "the log");
    }

    /**
     * Returns when the database is open.
     *
     * @throws IOException when it could not be opened; a second try could only tell less
     */
    void await() throws IOException {
        result(opening, "the database");
    }

    /** Closes the database again, because of this failure. */
    void giveUp(Exception why) {
        try {
            await();
        } catch (IOException | RuntimeException e) {
            if (!e.equals(why)) {
                why.addSuppressed(e);
            }
        }
        database.stop(Duration.ZERO);
    }

    private static <T> T result(FutureTask<T> task, String what) throws IOException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException failure -> throw failure;
                case RuntimeException failure -> throw failure;
                default -> throw new IOException(what + " cannot be opened: " + e.getCause(), e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + what + " is being opened", e);
        }
    }
}
