package org.posthorn.server.app;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.posthorn.server.database.DerbyDatabase;

/**
 * Opens the database on a thread of its own, while the configuration is read: no setting concerns it, and each takes a
 * third of a start.
 */
final class EarlyDatabase {

    private final DerbyDatabase database;
    private final FutureTask<Void> opening;

    EarlyDatabase(DerbyDatabase database) {
        this.database = database;
        this.opening = new FutureTask<>(() -> {
            database.start();
            return null;
        });
    }

    void begin() {
        Thread.ofPlatform().name("database-opening").start(opening);
    }

    /**
     * Returns when it is open.
     *
     * @throws IOException when it could not be opened; a second try could only tell less
     */
    void await() throws IOException {
        try {
            opening.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException failure -> throw failure;
                case RuntimeException failure -> throw failure;
                default -> throw new IOException("the database cannot be opened: " + e.getCause(), e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the database is being opened", e);
        }
    }

    /** Closes it again, because of this failure. */
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
}
