package org.posthorn.server.spool;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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
    private static final int BLOCKS = 256;      // remembered: 16 million ids in 2 MiB

    private final Database database;
    private final SpoolTables tables;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, BitSet> used = new LinkedHashMap<>();      // of blocks reserved by this process
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

    /** Whether it was given out by {@link #next}, not too long ago, and no message has it. */
    boolean isFree(QueueId id) {
        lock.lock();
        try {
            var ofBlock = used.get(id.number() >>> BITS);
            return ofBlock != null && !ofBlock.get(place(id));
        } finally {
            lock.unlock();
        }
    }

    /** A message has it now. */
    void use(QueueId id) {
        lock.lock();
        try {
            Optional.ofNullable(used.get(id.number() >>> BITS)).ifPresent(ofBlock -> ofBlock.set(place(id)));
        } finally {
            lock.unlock();
        }
    }

    private static int place(QueueId id) {
        return (int) (id.number() & PER_BLOCK - 1);
    }

    QueueId next() {
        lock.lock();
        try {
            if (next == PER_BLOCK) {
                block = database.transaction(tables::reserveBlock);
                next = 0;
                used.put(block, new BitSet(PER_BLOCK));
                if (used.size() > BLOCKS) {
                    used.remove(used.keySet().iterator().next());
                }
            }
            return new QueueId(block << BITS | next++);
        } catch (DatabaseException e) {
            throw SpoolException.because("no queue ids could be reserved", e);
        } finally {
            lock.unlock();
        }
    }
}
