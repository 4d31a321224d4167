package org.posthorn.server.spool;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.server.database.Database;

/**
 * One pass over all that is routed, which makes due what is meant. It goes by message, in the order of the ids, so that
 * each is met once however often its recipients are put off meanwhile, and nothing needs to be remembered. A page of
 * {@value #PAGE} is read, then judged while others may use the tables, then changed, {@value #STEP} at a time: so long
 * does a message that comes in meanwhile wait. Used by one thread.
 */
final class Flush {

    private static final int PAGE = 256;
    private static final int STEP = 32;     // some 10 ms
    private static final Place START = new Place(List.of(), 0, 0);

    private final Ledger ledger;
    private final Database database;
    private final ActiveSet active;
    private final Predicate<Spool.Waiting> which;
    private final Instant now;
    private long current;           // the message that was met last
    private boolean currentIsFree;
    private int messages;
    private int free;
    private int made;

    Flush(Ledger ledger, Database database, ActiveSet active, Predicate<Spool.Waiting> which, Instant now) {
        this.ledger = ledger;
        this.database = database;
        this.active = active;
        this.which = which;
        this.now = now;
    }

    /**
     * How far it has come.
     *
     * @param ids messages in hand; empty when the next are to be read
     * @param id behind this message and recipient it goes on
     */
    private record Place(List<QueueId> ids, long id, int number) {
    }

    private record Page(List<SpoolPages.Routed> rows, Optional<Place> next) {
    }

    Spool.Started run() {
        long newest = ledger.step(() -> database.transaction(SpoolPages::newest));
        for (var place = Optional.of(START); place.isPresent();) {
            var from = place.get();
            // Who was settled since the pass began is so in the journal, which has the last word.
            var page = ledger.stepAsJournalled(() -> database.transaction(connection ->
                read(connection, from, newest)));
            var meant = meant(page.rows());
            for (var start = 0; start < meant.size(); start += STEP) {
                var some = meant.subList(start, Math.min(meant.size(), start + STEP));
                made += ledger.stepAsJournalled(() -> makeDue(some));
            }
            place = page.next();
        }
        return new Spool.Started(messages, messages - free, made);
    }

    private List<SpoolPages.Routed> meant(List<SpoolPages.Routed> rows) {
        var senders = new PageSenders(rows);
        var meant = new ArrayList<SpoolPages.Routed>();
        for (var row : rows) {
            if (which.test(new Spool.Waiting(row.route(), row.recipient(), () -> senders.of(row)))) {
                meant.add(row);
            }
        }
        return meant;
    }

    /** The senders of a page, read when the first is asked for: where no route is for a sender, none is. */
    private final class PageSenders {
        private final List<SpoolPages.Routed> rows;
        private Optional<SpoolPages.Senders> found = Optional.empty();

        PageSenders(List<SpoolPages.Routed> rows) {
            this.rows = rows;
        }

        ReversePath of(SpoolPages.Routed row) {
            if (found.isEmpty()) {
                var ids = rows.stream().map(SpoolPages.Routed::id).distinct().toList();
                found = Optional.of(ledger.stepAsJournalled(() -> database.transaction(connection ->
                    SpoolPages.senders(connection, ids))));
            }
            return found.get().of(row);
        }
    }

    /**
     * Tells of messages with pending recipients that are not due, each once, a page at a time, in the order of their
     * ids: what is made due the pipeline may put off again at once; in the order of due times it would be met again.
     */
    static void putOff(Ledger ledger, Database database, Instant now, Consumer<QueueId> each) {
        var due = RecipientRow.millis(now);
        // Written by this first step: who is put off so far. Without any, the queue is not read.
        long newest = ledger.step(() -> database.transaction(connection ->
            SpoolPages.nextDue(connection, RecipientRow.PENDING, due) == Long.MAX_VALUE ? 0
                : SpoolPages.newest(connection)));
        for (var last = 0L; last < newest;) {
            var after = last;
            List<QueueId> ids = ledger.stepAsJournalled(() -> database.transaction(connection ->
                SpoolPages.unsettled(connection, after, PAGE)));
            List<QueueId> later = ledger.stepAsJournalled(() -> database.transaction(connection ->
                SpoolPages.putOff(connection, ids, due)));
            later.stream().filter(id -> id.number() <= newest).forEach(each);
            last = ids.isEmpty() ? newest : ids.getLast().number();
        }
    }

    private Page read(Connection connection, Place from, long newest) throws SQLException {
        var ids = from.ids().isEmpty() ? SpoolPages.unsettled(connection, from.id(), PAGE) : from.ids();
        if (ids.isEmpty() || ids.getFirst().number() > newest) {
            return new Page(List.of(), Optional.empty());
        }
        var rows = SpoolPages.routed(connection, ids, from.id(), from.number(), PAGE);
        return new Page(rows, Optional.of(rows.size() < PAGE
            ? new Place(List.of(), ids.getLast().number(), Integer.MAX_VALUE)
            : new Place(ids, rows.getLast().id().number(), rows.getLast().number())));
    }

    private int makeDue(List<SpoolPages.Routed> meant) {
        var later = meant.stream().filter(this::isFree)
            .filter(row -> row.due() > RecipientRow.millis(now)).toList();
        if (later.isEmpty()) {
            return 0;
        }
        var count = database.transaction(connection -> SpoolPages.makeDue(connection, later, now));
        active.leftOut(ActiveSet.Work.ROUTED, RecipientRow.millis(now));
        return count;
    }

    /** Whether nobody has it in hand; counts its message. */
    private boolean isFree(SpoolPages.Routed row) {
        if (row.id().number() != current) {
            current = row.id().number();
            currentIsFree = false;
            messages++;
        }
        var unclaimed = active.claimed(row.id(), row.number()).isEmpty();
        if (unclaimed && !currentIsFree) {
            currentIsFree = true;
            free++;
        }
        return unclaimed;
    }
}
