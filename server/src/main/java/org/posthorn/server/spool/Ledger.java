package org.posthorn.server.spool;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.posthorn.server.database.Database;

/**
 * The tables and the active set, kept in step: whatever is written to the one is put in force in the other before
 * anybody reads the tables again. One lock guards the tables, held for one short transaction at a time; the active
 * set's own lock is taken within it, never the other way round.
 */
final class Ledger {

    private static final int REFILLED = 128;            // rows brought in by one step: whoever waits, waits so long
    private static final int COUNTED_AT_START = 4;      // pages
    private static final Duration YIELD = Duration.ofMillis(100);
    private static final Duration PARK = Duration.ofNanos(50_000);

    private final Database database;
    private final SpoolTables tables = new SpoolTables();
    private final QueueIds ids;
    private final BodyStore store;
    private final Damaged damaged;
    private final ActiveSet active;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Census census;
    private final Doubt doubt;
    private final Journal journal;
    private volatile long taken;        // when the lock was taken last, in nanoTime

    Ledger(Database database, JournalFiles files, QueueIds ids, BodyStore store, Damaged damaged, ActiveSet active,
           InstantSource clock) {
        this.database = database;
        this.ids = ids;
        this.store = store;
        this.damaged = damaged;
        this.active = active;
        this.clock = clock;
        this.census = new Census(database, store);
        this.doubt = new Doubt(database);
        this.journal = new Journal(database, files, doubt, System::nanoTime, () -> {
            for (var kind : ActiveSet.Work.values()) {
                active.leftOut(kind, Long.MIN_VALUE);   // a pass may have gone by it
            }
        });
    }

    /** Begins to count what is there; a short queue is counted when this returns, a long one by {@link #countOn}. */
    void start() {
        alone(() -> {
            journal.start();
            census.start();
            journal.allRefused().forEach(census::found);
            active.start();
            for (var page = 0; page < COUNTED_AT_START; page++) {
                census.page();
            }
            return true;
        });
    }

    /** Ends the journal's files. */
    void stop() {
        lock.lock();
        try {
            journal.stop();
        } finally {
            lock.unlock();
        }
    }

    /** Counts the rest of what was there at the start. */
    void countOn(BooleanSupplier ending) {
        while (!census.isComplete() && !ending.getAsBoolean()) {
            step(() -> {
                census.page();
                return true;
            });
        }
    }

    boolean isCounted() {
        return census.isComplete();
    }

    /** One change on its way, and what became of it. */
    static final class Entry {
        private final Change change;
        private Optional<RuntimeException> failure = Optional.empty();

        Entry(Change change) {
            this.change = change;
        }

        Change change() {
            return change;
        }

        Optional<RuntimeException> failure() {
            return failure;
        }

        void fail(RuntimeException why) {
            failure = Optional.of(why);
        }
    }

    /**
     * Writes changes in one transaction and puts them in force. A change that does not fit is left out and fails alone.
     *
     * @param slices where the drafts lie, forced
     * @throws RuntimeException when the transaction failed: nothing of them happened, or it will be taken back
     */
    void write(List<Entry> entries, Function<Draft, List<Slice>> slices) {
        alone(() -> {
            var plan = new Plan(claims());
            for (var entry : entries) {
                try {
                    check(entry.change(), slices);
                    plan.add(entry.change(), (id, variant, draft) -> {
                        var where = slices.apply(draft);
                        census.retain(id, where);
                        return content(id, variant, where, draft.octets());
                    });
                } catch (SpoolException e) {
                    entry.fail(e);
                }
            }
            enforce(plan);
            return plan;
        });
    }

    private static void check(Change change, Function<Draft, List<Slice>> slices) {
        UnwrittenRows.check(change);
        change.drafts().forEach(draft -> UnwrittenRows.checkPlaces(slices.apply(draft)));
    }

    /** Puts a settlement in force that is written later; false when it has to be written at once. */
    boolean advance(Settlement settlement) {
        for (var moved : settlement.moved()) {
            UnwrittenRows.check(moved.state());
        }
        var advanced = census.knows(settlement.id()) && active.advance(settlement);
        if (advanced) {
            census.routed(settlement.moved().size());
        }
        return advanced;
    }

    private Plan.Known claims() {
        return new Plan.Known() {
            @Override public boolean isFree(QueueId id) {
                return ids.isFree(id);
            }

            @Override public Optional<Standing> standing(QueueId id) {
                return active.standing(id);
            }

            @Override public Optional<QueuedRecipient> movable(QueueId id, int number) {
                return active.claimed(id, number);
            }

            @Override public List<Event> unwritten(QueueId id) {
                return active.unwritten(id);
            }
        };
    }

    private void enforce(Plan plan) {
        if (plan.isEmpty()) {
            return;
        }
        for (var moved : plan.moved()) {
            UnwrittenRows.check(moved.after().state());
        }
        journal.append(Unwritten.of(plan, clock.millis()),
            () -> plan.forms().forEach(form -> census.release(form.id(), form.slices())));
        for (var message : plan.accepted()) {
            ids.use(message.id());
        }
        active.publish(plan);
        for (var made : plan.made()) {
            census.count(made.id(), made.recipient().state(), 1);
        }
        for (var moved : plan.moved()) {
            census.count(moved.id(), moved.before().state(), -1);
            census.count(moved.id(), moved.after().state(), 1);
        }
        for (var standing : plan.standings()) {
            if (standing.isSettled()) {
                census.release(standing.id(), standing.slices());
            }
        }
    }

    Spool.Counts counts() {
        return census.counts();
    }

    private StoredContent content(QueueId id, int variant, List<Slice> slices, long octets) {
        return new StoredContent(store, slices, octets, (slice, why) -> damaged.found(id, variant, slice, why));
    }

    /** Brings work from the tables into the active set where it has room for it and the tables may have some. */
    void refill(ActiveSet.Work kind) {
        if (active.wanted(kind).isEmpty()) {
            return;
        }
        step(() -> {
            active.wanted(kind).ifPresent(cursor -> refill(kind, cursor));
            return kind;
        });
    }

    private void refill(ActiveSet.Work kind, ActiveSet.Cursor cursor) {
        var now = clock.millis();
        database.transaction(connection -> {
            var ready = SpoolPages.ready(connection, kind.status(), now, cursor, REFILLED);
            for (var ids : missing(ready)) {
                bringIn(kind, now, ids, SpoolPages.load(connection, ids));
            }
            if (ready.size() < REFILLED) {
                active.readAll(kind, SpoolPages.nextDue(connection, kind.status(), now));
            } else {
                active.readTo(kind, ready.getLast().cursor());
            }
            return ready;
        });
    }

    /** What is in hand stays due in the tables until it is settled; it need not be read each time. */
    private List<List<QueueId>> missing(List<SpoolPages.Ready> ready) {
        return SpoolPages.parts(active.missing(ready).stream().map(SpoolPages.Ready::id).distinct().toList());
    }

    private void bringIn(ActiveSet.Work kind, long now, List<QueueId> ids, Map<QueueId, SpoolPages.Loaded> loaded) {
        var absent = Set.copyOf(active.absent(ids));
        for (var id : ids) {
            if (journal.refused(id).isPresent()) {
                continue;       // it is no more as the tables say: it may have been delivered
            }
            var message = Optional.ofNullable(loaded.get(id));
            var due = message.stream().flatMap(there -> there.recipients().stream()).filter(recipient -> {
                var row = RecipientRow.of(recipient.state());
                return row.status() == kind.status() && row.due() <= now;
            }).toList();
            active.bringIn(id, message.filter(_ -> absent.contains(id)).map(this::standing), due);
        }
    }

    private Standing standing(SpoolPages.Loaded loaded) {
        return standing(loaded.message(), loaded.variants(), loaded.recipients());
    }

    private Standing standing(SpoolTables.MessageRow message, List<SpoolTables.VariantRow> rows,
                              List<QueuedRecipient> recipients) {
        var variants = new ArrayList<Variant>();
        for (var row : rows) {
            var slices = message.settled() > 0 ? List.<Slice>of() : Slice.slices(row.location());
            variants.add(new Variant(row.number(), content(message.id(), row.number(), slices, row.octets()),
                row.attributes(), row.sender()));
        }
        var next = recipients.isEmpty() ? 0 : recipients.getLast().number() + 1;
        return new Standing(message.id(), message.origin(), variants, next, message.open());
    }

    Optional<SpooledMessage> find(QueueId id) {
        return load(id).map(loaded -> standing(loaded).message(loaded.recipients()));
    }

    private Optional<SpoolPages.Loaded> load(QueueId id) {
        return locked(() -> database.transaction(connection -> {
            var loaded = Optional.ofNullable(read(connection, List.of(id)).get(id)).map(this::latest);
            return loaded.isPresent() ? loaded : Past.find(connection, id).map(Unwritten::loaded);
        }));
    }

    /** From the tables; of a new message that they refuse, from the journal. */
    private Map<QueueId, SpoolPages.Loaded> read(Connection connection, List<QueueId> ids) throws SQLException {
        var loaded = SpoolPages.load(connection, ids);
        for (var id : ids) {
            journal.refused(id).filter(Unwritten::isNew).ifPresent(one -> loaded.put(id, one.loaded()));
        }
        return loaded;
    }

    /** As it is in force: what is only routed is written later. */
    private SpoolPages.Loaded latest(SpoolPages.Loaded loaded) {
        return new SpoolPages.Loaded(loaded.message(), loaded.variants(),
            active.latest(loaded.message().id(), loaded.recipients()));
    }

    List<Event> history(QueueId id) {
        return locked(() -> {
            var events = new ArrayList<>(database.transaction(connection -> Past.find(connection, id)
                .map(Unwritten::history).orElse(tables.history(connection, id))));
            journal.refused(id).ifPresent(one -> events.addAll(one.history()));
            events.addAll(active.unwritten(id));
            return events;
        });
    }

    List<SpooledMessage> list(long after, int most) {
        var messages = new ArrayList<SpooledMessage>();
        var all = step(() -> {
            List<QueueId> open = database.transaction(connection -> SpoolPages.unsettled(connection, after, most));
            var ids = new TreeSet<>(open);
            journal.allRefused().stream().map(Unwritten::id).filter(id -> id.number() > after).forEach(ids::add);
            return ids.stream().limit(most).toList();
        });
        for (var ids : SpoolPages.parts(all)) {
            messages.addAll(step(() -> list(ids)));
        }
        return messages;
    }

    private List<SpooledMessage> list(List<QueueId> ids) {
        var messages = new ArrayList<SpooledMessage>();
        var loaded = database.transaction(connection -> read(connection, ids));
        for (var id : ids) {
            Optional.ofNullable(loaded.get(id)).filter(there -> there.message().settled() == 0).map(this::latest)
                .ifPresent(there -> messages.add(standing(there).message(there.recipients())));
        }
        return messages;
    }

    Spool.Started startDelivery(Predicate<Spool.Waiting> which, Instant now) {
        return new Flush(this, database, active, which, now).run();
    }

    /** Tells of messages that the pipeline put off, each once. */
    void putOff(Instant now, Consumer<QueueId> each) {
        Flush.putOff(this, database, now, each);
    }

    /**
     * Moves recipients that are neither claimed nor settled.
     *
     * @throws SpoolException when the tables do not know how the message is
     */
    int move(QueueId id, Spool.Move moves, String event) {
        return locked(() -> {
            if (journal.refused(id).isPresent()) {
                throw new SpoolException("the tables refuse what became of message " + id
                    + ": see refused-by-tables in the log", false, null);
            }
            var loaded = load(id);
            if (loaded.isEmpty()) {
                return 0;
            }
            var recipients = loaded.get().recipients();
            var moved = new ArrayList<QueuedRecipient>();
            var history = new ArrayList<Event>();
            for (var recipient : movable(id, recipients).toList()) {
                moves.next(recipient).ifPresent(state -> {
                    moved.add(recipient.with(state));
                    history.add(RecipientRow.event(clock.instant(), recipient, event));
                });
            }
            if (!moved.isEmpty()) {
                var plan = new Plan(unclaimed(standing(loaded.get()), recipients));
                plan.add(Change.settle(Settlement.outcomes(id, moved, history)), (_, _, _) -> {
                    throw new IllegalStateException("an operator makes no new forms");
                });
                enforce(plan);
            }
            return moved.size();
        });
    }

    private Stream<QueuedRecipient> movable(QueueId id, List<QueuedRecipient> recipients) {
        return recipients.stream().filter(recipient -> !recipient.state().isFinal()
            && active.claimed(id, recipient.number()).isEmpty());
    }

    private Plan.Known unclaimed(Standing loaded, List<QueuedRecipient> recipients) {
        return new Plan.Known() {
            @Override public boolean isFree(QueueId id) {
                return ids.isFree(id);
            }

            @Override public Optional<Standing> standing(QueueId id) {
                return active.standing(id).or(() -> Optional.of(loaded));
            }

            @Override public Optional<QueuedRecipient> movable(QueueId id, int number) {
                return Ledger.this.movable(id, recipients).filter(r -> r.number() == number).findFirst();
            }

            @Override public List<Event> unwritten(QueueId id) {
                return active.unwritten(id);
            }
        };
    }

    /** Moves live bodies out of these segments; tells how many. */
    int empty(List<Slice.File> segments, BooleanSupplier ending) throws IOException {
        return new SegmentMove(this, database, tables, store, active, segments).run(ending);
    }

    /** Removes rows of messages that were settled before then, a few; tells of how many messages. */
    int purge(Instant before) {
        return new Purge(this, database, tables).run(before);
    }

    /** A transaction of a step failed, and perhaps only its commit's answer: see {@link Doubt#failed}. */
    void failed(RuntimeException failure, Doubt.Undo undo, Runnable forget) {
        doubt.failed(failure, undo, forget);
    }

    /** Gives the space of removed rows back, as far as that is a matter of a moment. */
    void reclaim() {
        for (var table : SpoolTables.NAMES) {
            step(() -> {
                database.reclaim(table);
                return table;
            });
        }
    }

    /** Writes into the tables what is only journalled, where that is worth it. */
    void tidy() {
        alone(() -> {
            if (census.isComplete()) {      // who was counted at the start is not met again by the count
                journal.tryRefused();
            }
            journal.tidy();
            return true;
        });
    }

    /** Whether the tables know how the message is, after all that is journalled was written. */
    boolean isInTables(QueueId id) {
        return journal.refused(id).isEmpty();
    }

    /** Runs work while nobody else uses the tables, which know everything that they do not refuse. */
    <T> T locked(Supplier<T> work) {
        return alone(() -> {
            journal.applyAll();
            return work.get();
        });
    }

    /** Runs work while nobody else uses the tables, and nothing in them or in the journal is in doubt. */
    private <T> T alone(Supplier<T> work) {
        lock.lock();
        try {
            taken = System.nanoTime();
            doubt.settle();
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** The same for one step of a long work: whoever waited meanwhile goes first, and has as long as the step took. */
    <T> T step(Supplier<T> work) {
        return resting(() -> locked(work));
    }

    /** A step that does not mind what is only journalled. */
    <T> T stepAsJournalled(Supplier<T> work) {
        return resting(() -> alone(work));
    }

    private <T> T resting(Supplier<T> step) {
        var result = step.get();
        var took = System.nanoTime() - taken;
        if (lock.hasQueuedThreads()) {
            var end = System.nanoTime() + YIELD.toNanos();
            while (lock.hasQueuedThreads() && System.nanoTime() < end) {
                LockSupport.parkNanos(PARK.toNanos());
            }
            LockSupport.parkNanos(Math.min(took, YIELD.toNanos()));
        }
        return result;
    }
}
