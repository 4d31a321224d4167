package org.posthorn.server.spool;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * One kind of work: what is ready, in {@linkplain FairOrder fair order}, and what the tables have besides. Its owner's
 * lock guards it.
 */
final class Lane {

    private static final long REST = 100;       // ms between two passes over the tables, unless something is missed

    private final TreeSet<Batch> queue = new TreeSet<>(
        Comparator.comparingLong(Batch::place).thenComparingLong(Batch::number));
    private final FairOrder order = new FairOrder();
    private final Map<Key, Batch> byKey = new HashMap<>();
    private long last;
    private long lookAt = Long.MIN_VALUE;       // when the tables may have more than is here
    private ActiveSet.Cursor cursor = ActiveSet.Cursor.START;
    private boolean missed;                     // the pass that is going on began before something was left out

    /**
     * What one claim takes together.
     *
     * @param way a value that is equal for recipients who go the same way
     */
    record Key(QueueId id, Object way) {
    }

    /** A claim to be; of those with the same place the first comes first. */
    record Batch(Key key, long place, long number, TreeSet<Integer> numbers) {
    }

    /** Forgets everything; the tables are looked at next. */
    void clear() {
        queue.clear();
        byKey.clear();
        order.clear();
        cursor = ActiveSet.Cursor.START;
        lookAt = Long.MIN_VALUE;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    int size() {
        return queue.size();
    }

    /** Adds a recipient to the claim of its key. */
    void add(Key key, String flow, int number) {
        var batch = byKey.get(key);
        if (batch == null) {
            batch = new Batch(key, order.place(flow, 1), last++, new TreeSet<>());
            byKey.put(key, batch);
            queue.add(batch);
        } else {
            order.place(flow, 1);       // it takes longer, so what follows it comes later
        }
        batch.numbers().add(number);
    }

    /** Takes the claim whose turn it is. */
    Optional<Batch> poll() {
        var batch = Optional.ofNullable(queue.pollFirst());
        batch.ifPresent(first -> {
            byKey.remove(first.key());
            order.served(first.place());
        });
        return batch;
    }

    /** When the tables may have more, in milliseconds since 1970. */
    long lookAt() {
        return lookAt;
    }

    /** The tables have a recipient that is due then and not here. */
    void leaveOut(long due, long now) {
        lookAt = Math.min(lookAt, due);
        missed |= due <= now;       // a later one is found by whoever ends the pass
    }

    /** From where on the tables are read; at their beginning a pass begins. */
    ActiveSet.Cursor from() {
        if (cursor.equals(ActiveSet.Cursor.START)) {
            missed = false;
        }
        return cursor;
    }

    /** The tables were read up to there. */
    void readTo(ActiveSet.Cursor there) {
        cursor = there;
    }

    /**
     * The tables were read to their end, and have more then. Where thousands wait, one becomes due each few
     * milliseconds: they are fetched some at a time.
     */
    void readAll(long nextDue, long now) {
        cursor = ActiveSet.Cursor.START;
        lookAt = missed ? Long.MIN_VALUE : Math.max(nextDue, now + REST);
    }
}
