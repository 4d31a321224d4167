package org.posthorn.server.spool;

import java.util.concurrent.locks.ReentrantLock;
import org.posthorn.server.database.Database;
import org.posthorn.server.database.DatabaseException;

/**
 * Gives out queue ids: the number of a block, reserved in the database before its first use, and 16 bits within it. So
 * no id repeats, whatever the clock does and however the process ends. The lock guards the block in use.
 */
final class QueueIds {

    private static final int BITS = 16;
    private static final int PER_BLOCK = 1 << BITS;

    private final Database database;
    private final SpoolTables tables;
    private final ReentrantLock lock = new ReentrantLock();
    private long block;
    private int next = PER_BLOCK;

    QueueIds(Database database, SpoolTables tables) {
        this.database = database;
        this.tables = tables;
    }

    /** Whether none was ever given out from this database. */
    boolean noneYet() {
        return database.transaction(tables::noBlockYet);
    }

    QueueId next() {
        lock.lock();
        try {
            if (next == PER_BLOCK) {
                block = database.transaction(tables::reserveBlock);
                next = 0;
            }
            return new QueueId(block << BITS | next++);
        } catch (DatabaseException e) {
            throw SpoolException.because("no queue ids could be reserved", e);
        } finally {
            lock.unlock();
        }
    }
}
