package org.posthorn.server.spool;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.posthorn.server.database.Database;
import org.posthorn.server.log.EventLog;

/**
 * Knows how many recipients wait, and which bodies are live. What was there at the start is counted a page of messages
 * at a time, behind an open spool, so that a long queue does not delay the start. Until that is done no body is
 * deleted.
 *
 * <p>Messages are counted in the order of their ids. A change of a message counts at once when the message has been
 * counted or is newer than the start; any other is found in the tables when its turn comes. All but the numbers is
 * written under the ledger's lock.
 */
final class Census {

    private static final EventLog LOG = EventLog.of(Census.class);
    private static final int PAGE = 256;        // messages in one transaction

    private final Database database;
    private final BodyStore store;
    private final AtomicLong pending = new AtomicLong();
    private final AtomicLong routed = new AtomicLong();
    private final AtomicLong held = new AtomicLong();
    private volatile long newest;   // the last message of before the start
    private volatile long passed;   // counted up to there
    private volatile boolean complete;

    Census(Database database, BodyStore store) {
        this.database = database;
        this.store = store;
    }

    /** Forgets all; the tables are to be counted anew. */
    void start() {
        newest = database.transaction(SpoolPages::newest);
        passed = 0;
        complete = false;
        pending.set(0);
        routed.set(0);
        held.set(0);
    }

    /** Counts a message of before the start which the tables have no rows of; its octets stay. */
    void found(Unwritten message) {
        if (message.isNew()) {
            message.made().forEach(made -> add(made.state(), 1));
            if (message.open() > 0) {
                message.variants().forEach(variant -> store.retain(Slice.slices(variant.location())));
            }
        }
    }

    /** Whether all that was there at the start is counted. */
    boolean isComplete() {
        return complete;
    }

    /** Counts the next messages of before the start. */
    void page() {
        if (complete) {
            return;
        }
        var page = database.transaction(this::read);
        add(RecipientRow.PENDING, page, pending);
        add(RecipientRow.FAILED, page, pending);
        add(RecipientRow.ROUTED, page, routed);
        add(RecipientRow.HELD, page, held);
        page.placed().forEach(placed -> store.retain(Slice.slices(placed.location())));
        passed = page.last();
        if (page.last() >= newest) {
            complete = true;
            try {
                store.counted();
            } catch (IOException e) {
                LOG.error("orphans-not-removed", e);
            }
        }
    }

    private record Page(long last, Map<Integer, Long> counts, List<SpoolPages.Placed> placed) {
    }

    private Page read(Connection connection) throws SQLException {
        var ids = SpoolPages.unsettled(connection, passed, PAGE).stream().filter(id -> id.number() <= newest).toList();
        return new Page(ids.size() < PAGE ? newest : ids.getLast().number(), SpoolPages.counts(connection, ids),
            SpoolPages.locations(connection, ids));
    }

    private static void add(int status, Page page, AtomicLong to) {
        to.addAndGet(page.counts().getOrDefault(status, 0L));
    }

    /** Whether changes of the message count. Once they do, they go on to. */
    boolean knows(QueueId id) {
        return complete || id.number() <= passed || id.number() > newest;
    }

    /** A recipient came into a state, or left it. */
    void count(QueueId id, RecipientState state, int change) {
        if (knows(id)) {
            add(state, change);
        }
    }

    private void add(RecipientState state, int change) {
        switch (state) {
            case RecipientState.Pending _, RecipientState.Failed _, RecipientState.Unreported _ ->
                pending.addAndGet(change);
            case RecipientState.Routed _ -> routed.addAndGet(change);
            case RecipientState.Held _ -> held.addAndGet(change);
            case RecipientState.Delivered _, RecipientState.Bounced _, RecipientState.Discarded _ -> { }
        }
    }

    /** So many pending recipients of known messages are routed, and that is not written yet. */
    void routed(int recipients) {
        pending.addAndGet(-recipients);
        routed.addAndGet(recipients);
    }

    /** A row of the message will refer to these. */
    void retain(QueueId id, Collection<Slice> slices) {
        if (knows(id)) {
            store.retain(slices);
        }
    }

    /** No row of the message refers to these any more. */
    void release(QueueId id, Collection<Slice> slices) {
        if (knows(id)) {
            store.release(slices);
        }
    }

    Spool.Counts counts() {
        return new Spool.Counts(pending.get(), routed.get(), held.get(), complete);
    }
}
