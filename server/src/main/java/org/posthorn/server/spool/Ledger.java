package org.posthorn.server.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.posthorn.server.database.Database;
import org.posthorn.server.log.EventLog;

/**
 * The tables and the active set, kept in step: whatever is written to the one is put in force in the other before
 * anybody reads the tables again. One lock guards the tables, held for one short transaction at a time; the active
 * set's own lock is taken within it, never the other way round.
 */
final class Ledger {

    private static final EventLog LOG = EventLog.of(Ledger.class);
    private static final int PAGE = 256;        // rows read or changed by one transaction

    private final Database database;
    private final SpoolTables tables;
    private final BodyStore store;
    private final Damaged damaged;
    private final ActiveSet active;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Doubt doubt;
    private final AtomicLong pending = new AtomicLong();
    private final AtomicLong routed = new AtomicLong();
    private final AtomicLong held = new AtomicLong();

    Ledger(Database database, SpoolTables tables, BodyStore store, Damaged damaged, ActiveSet active,
                   InstantSource clock) {
        this.database = database;
        this.tables = tables;
        this.store = store;
        this.damaged = damaged;
        this.active = active;
        this.clock = clock;
        this.doubt = new Doubt(database);
    }

    /** Reads what is there: which bodies are live, and how many recipients wait. */
    List<Slice> start() {
        return locked(() -> {
            var counts = database.transaction(tables::counts);
            pending.set(counts.getOrDefault(RecipientRow.PENDING, 0L) + counts.getOrDefault(RecipientRow.FAILED, 0L));
            routed.set(counts.getOrDefault(RecipientRow.ROUTED, 0L));
            held.set(counts.getOrDefault(RecipientRow.HELD, 0L));
            active.start();
            return liveSlices();
        });
    }

    private List<Slice> liveSlices() {
        var slices = new ArrayList<Slice>();
        for (var ids = unsettled(0); !ids.isEmpty(); ids = unsettled(ids.getLast().number())) {
            locations(ids).forEach(placed -> slices.addAll(Slice.slices(placed.location())));
        }
        return slices;
    }

    private List<QueueId> unsettled(long after) {
        return database.transaction(connection -> tables.unsettledIds(connection, after));
    }

    private List<SpoolTables.Placed> locations(List<QueueId> ids) {
        return database.transaction(connection -> tables.locations(connection, ids));
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
        locked(() -> {
            var plan = new Plan(claims());
            for (var entry : entries) {
                try {
                    plan.add(entry.change(), (id, variant, draft) -> {
                        var where = slices.apply(draft);
                        store.retain(where);
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

    /** Puts a settlement in force that is written later; false when it has to be written at once. */
    boolean advance(Settlement settlement) {
        var advanced = active.advance(settlement);
        if (advanced) {
            pending.addAndGet(-settlement.moved().size());
            routed.addAndGet(settlement.moved().size());
        }
        return advanced;
    }

    private Plan.Known claims() {
        return new Plan.Known() {
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
        try {
            database.transaction(connection -> {
                tables.write(connection, plan, clock.millis());
                return plan;
            });
        } catch (RuntimeException e) {
            doubt.failed(e, connection -> PlanUndo.takeBack(connection, plan),
                () -> plan.forms().forEach(form -> store.release(form.slices())));
            throw e;
        }
        active.publish(plan);
        plan.made().forEach(made -> count(made.recipient().state(), 1));
        plan.moved().forEach(moved -> {
            count(moved.before().state(), -1);
            count(moved.after().state(), 1);
        });
        plan.standings().stream().filter(Standing::isSettled).forEach(standing -> store.release(standing.slices()));
    }

    private void count(RecipientState state, int change) {
        switch (state) {
            case RecipientState.Pending _, RecipientState.Failed _ -> pending.addAndGet(change);
            case RecipientState.Routed _ -> routed.addAndGet(change);
            case RecipientState.Held _ -> held.addAndGet(change);
            case RecipientState.Delivered _, RecipientState.Bounced _, RecipientState.Discarded _ -> { }
        }
    }

    Spool.Counts counts() {
        return new Spool.Counts(pending.get(), routed.get(), held.get());
    }

    private StoredContent content(QueueId id, int variant, List<Slice> slices, long octets) {
        return new StoredContent(store, slices, octets, (slice, why) -> damaged.found(id, variant, slice, why));
    }

    /** Brings work from the tables into the active set where it has room for it and the tables may have some. */
    void refill(ActiveSet.Work kind) {
        if (active.wanted(kind).isEmpty()) {
            return;
        }
        locked(() -> {
            active.wanted(kind).ifPresent(cursor -> refill(kind, cursor));
            return kind;
        });
    }

    private void refill(ActiveSet.Work kind, ActiveSet.Cursor cursor) {
        var now = clock.millis();
        database.transaction(connection -> {
            var ready = tables.ready(connection, kind.status(), now, cursor, PAGE);
            var ids = ready.stream().map(SpoolTables.Ready::id).distinct().toList();
            var absent = active.absent(ids);
            for (var id : ids) {
                var recipients = tables.recipients(connection, id);
                var due = recipients.stream().filter(recipient -> {
                    var row = RecipientRow.of(recipient.state());
                    return row.status() == kind.status() && row.due() <= now;
                }).toList();
                active.bringIn(id, absent.contains(id) ? load(connection, id, recipients) : Optional.empty(), due);
            }
            if (ready.size() < PAGE) {
                active.readAll(kind, tables.nextDue(connection, kind.status(), now));
            } else {
                active.readTo(kind, ready.getLast().cursor());
            }
            return ready;
        });
    }

    private Optional<Standing> load(Connection connection, QueueId id, List<QueuedRecipient> recipients)
        throws SQLException {
        var message = tables.message(connection, id);
        return message.isEmpty() ? Optional.empty()
            : Optional.of(standing(message.get(), tables.variants(connection, id), recipients));
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
        return locked(() -> database.transaction(connection -> {
            var recipients = active.latest(id, tables.recipients(connection, id));
            return load(connection, id, recipients).map(standing -> standing.message(recipients));
        }));
    }

    List<Event> history(QueueId id) {
        return locked(() -> {
            var events = new ArrayList<>(database.transaction(connection -> tables.history(connection, id)));
            events.addAll(active.unwritten(id));
            return events;
        });
    }

    List<SpooledMessage> list(long after, int most) {
        return locked(() -> database.transaction(connection -> {
            var messages = new ArrayList<SpooledMessage>();
            for (var row : tables.unsettled(connection, after, most)) {
                var recipients = active.latest(row.id(), tables.recipients(connection, row.id()));
                messages.add(standing(row, tables.variants(connection, row.id()), recipients).message(recipients));
            }
            return messages;
        }));
    }

    int makeDue(Predicate<Route> routes, Instant now) {
        var count = 0;
        var cursor = Optional.of(ActiveSet.Cursor.START);
        while (cursor.isPresent()) {
            var from = cursor.get();
            var page = locked(() -> makeDue(routes, RecipientRow.millis(now), from));
            count += page.made();
            cursor = page.next();
        }
        return count;
    }

    private record Page(int made, Optional<ActiveSet.Cursor> next) {
    }

    private Page makeDue(Predicate<Route> routes, long now, ActiveSet.Cursor from) {
        return database.transaction(connection -> {
            var later = tables.later(connection, now, from, PAGE);
            var meant = later.stream().filter(recipient -> routes.test(recipient.waiting().route())
                && active.claimed(recipient.id(), recipient.number()).isEmpty()).toList();
            tables.makeDue(connection, meant, now);
            if (!meant.isEmpty()) {
                active.leftOut(ActiveSet.Work.ROUTED, now);
            }
            return new Page(meant.size(),
                later.size() < PAGE ? Optional.empty() : Optional.of(later.getLast().cursor()));
        });
    }

    Spool.Started startDelivery(Predicate<Spool.Waiting> which, Instant now) {
        var flush = new Flush(which, RecipientRow.millis(now));
        for (var cursor = Optional.of(ActiveSet.Cursor.START); cursor.isPresent();) {
            var from = cursor.get();
            cursor = locked(() -> flush.page(from));
        }
        return flush.started();
    }

    /** One pass over all that is routed. What comes a second time, because it was tried meanwhile, is passed over. */
    private final class Flush {
        private final Predicate<Spool.Waiting> which;
        private final long now;
        private final Set<List<Object>> seen = new HashSet<>();
        private final Set<QueueId> messages = new HashSet<>();
        private final Set<QueueId> unclaimed = new HashSet<>();

        Flush(Predicate<Spool.Waiting> which, long now) {
            this.which = which;
            this.now = now;
        }

        Optional<ActiveSet.Cursor> page(ActiveSet.Cursor from) {
            return database.transaction(connection -> {
                var routed = tables.later(connection, Long.MIN_VALUE, from, PAGE);
                var meant = routed.stream().filter(this::isMeant).toList();
                var later = meant.stream().filter(recipient -> recipient.cursor().due() > now).toList();
                tables.makeDue(connection, later, now);
                if (!later.isEmpty()) {
                    active.leftOut(ActiveSet.Work.ROUTED, now);
                }
                return routed.size() < PAGE ? Optional.empty() : Optional.of(routed.getLast().cursor());
            });
        }

        /** Whether it is meant, and nobody has it in hand. */
        private boolean isMeant(SpoolTables.Later recipient) {
            if (!which.test(recipient.waiting()) || !seen.add(List.of(recipient.id(), recipient.number()))) {
                return false;
            }
            messages.add(recipient.id());
            var free = active.claimed(recipient.id(), recipient.number()).isEmpty();
            if (free) {
                unclaimed.add(recipient.id());
            }
            return free;
        }

        Spool.Started started() {
            return new Spool.Started(messages.size(), messages.size() - unclaimed.size());
        }
    }

    /** Moves recipients that are neither claimed nor settled. */
    int move(QueueId id, Spool.Move moves, String event) {
        return locked(() -> {
            var recipients = active.latest(id,
                database.transaction(connection -> tables.recipients(connection, id)));
            var loaded = database.transaction(connection -> load(connection, id, recipients));
            if (loaded.isEmpty()) {
                return 0;
            }
            var moved = new ArrayList<QueuedRecipient>();
            var history = new ArrayList<Event>();
            for (var recipient : movable(id, recipients).toList()) {
                moves.next(recipient).ifPresent(state -> {
                    moved.add(recipient.with(state));
                    history.add(RecipientRow.event(clock.instant(), recipient, event));
                });
            }
            if (!moved.isEmpty()) {
                var plan = new Plan(unclaimed(loaded.get(), recipients));
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

    /**
     * Moves live bodies out of these segments, as far as no message of theirs is in hand: those move another time. The
     * segments go when nothing refers to them any more.
     *
     * @return how many bodies were moved
     */
    int rewrite(List<Slice.File> segments) throws IOException {
        var count = 0;
        for (var ids = unsettled(0); !ids.isEmpty(); ids = unsettled(ids.getLast().number())) {
            for (var placed : locations(ids)) {
                if (Slice.slices(placed.location()).stream().anyMatch(slice -> in(segments, slice))) {
                    count += rewrite(segments, placed);
                }
            }
        }
        return count;
    }

    private static boolean in(List<Slice.File> segments, Slice slice) {
        return segments.contains(slice.body().file());
    }

    /** One variant, while nobody else uses the tables. */
    private int rewrite(List<Slice.File> segments, SpoolTables.Placed placed) throws IOException {
        lock.lock();
        try {
            doubt.settle();
            var ids = List.of(placed.id());
            var settled = database.transaction(c -> tables.message(c, placed.id())).stream()
                .allMatch(message -> message.settled() > 0);
            if (settled || !locations(ids).contains(placed) || active.absent(ids).isEmpty()) {
                return 0;
            }
            var before = Slice.slices(placed.location());
            var after = new ArrayList<Slice>();
            var moved = new ArrayList<Slice>();
            for (var slice : before) {
                after.add(in(segments, slice) ? copied(placed, slice) : slice);
                moved.addAll(in(segments, slice) ? List.of(after.getLast()) : List.of());
            }
            try {
                database.transaction(connection -> {
                    tables.relocate(connection, List.of(
                        new SpoolTables.Placed(placed.id(), placed.number(), Slice.location(after))));
                    return placed;
                });
            } catch (RuntimeException e) {
                doubt.failed(e, connection -> tables.relocate(connection, List.of(placed)),
                    () -> store.release(moved));
                throw e;
            }
            store.release(before.stream().filter(slice -> in(segments, slice)).toList());
            return moved.size();
        } catch (SliceStream.DamagedException e) {
            LOG.mail(placed.id()).warn("damaged-body-not-moved", "why", e.getMessage());
            return 0;
        } finally {
            lock.unlock();
        }
    }

    private Slice copied(SpoolTables.Placed placed, Slice slice) throws IOException {
        try (var in = new SliceStream(slice, store.path(slice.body().file()))) {
            var octets = ByteBuffer.wrap(in.readAllBytes());
            return store.append(List.of(new BodyStore.Fresh(placed.id().number(), octets))).getFirst();
        }
    }

    /** Removes rows of messages that were settled before then, a few; tells how many. */
    int purge(Instant before) {
        return locked(() -> database.transaction(c -> tables.purge(c, RecipientRow.millis(before), PAGE / 4)));
    }

    /** Gives the space of removed rows back. */
    void reclaim() {
        locked(() -> {
            database.reclaim(SpoolTables.NAMES);
            return true;
        });
    }

    /** Runs work while nobody else uses the tables, and nothing in them is in doubt. */
    <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            doubt.settle();
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
