package org.posthorn.server.spool;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The recipients that are ready now or claimed, in memory, up to a limit; an eighth more for messages whose
 * {@linkplain Origin#flow flow} has few here, so that they need not wait for a long one. What is beyond it, or not due
 * yet, lies in the tables only: a {@link Lane} knows from when on it is worth looking there.
 *
 * <p>One lock guards everything here; the tables are never read while it is held.
 */
final class ActiveSet {

    private static final int LOW = 256;             // claims in a lane below which the tables are looked at
    private static final int RESERVE = 8;           // one of so many of the limit, besides it
    private static final int FEW = 200;             // one of so many of the limit, of a flow
    private static final long LONGEST_SLEEP = 1000; // ms between looks at the clock, which may step

    private final int limit;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition pipeline = lock.newCondition();
    private final Condition delivery = lock.newCondition();
    private final Map<QueueId, Resident> residents = new HashMap<>();
    private final Map<Work, Lane> lanes = Map.of(Work.FAILED, new Lane(), Work.PENDING, new Lane(),
        Work.ROUTED, new Lane());
    private final Map<String, Integer> flows = new HashMap<>();    // recipients of each
    private int size;
    private boolean stopped;

    ActiveSet(int limit, InstantSource clock) {
        this.limit = limit;
        this.clock = clock;
    }

    /** The kinds of work, by the status of its rows. */
    enum Work {
        FAILED(RecipientRow.FAILED), PENDING(RecipientRow.PENDING), ROUTED(RecipientRow.ROUTED);

        private final int status;

        Work(int status) {
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    /**
     * A place in the order in which rows become due.
     *
     * @param due milliseconds since 1970
     */
    record Cursor(long due, long id, int number) {
        static final Cursor START = new Cursor(Long.MIN_VALUE, 0, 0);
    }

    private record Root(String processor, boolean released) {
    }

    private record Queue(Route route, int variant) {
    }

    /** A message of which some recipients are here. */
    private static final class Resident {
        private final String flow;
        private Standing standing;
        private final Map<Integer, QueuedRecipient> recipients = new TreeMap<>();
        private final Set<Integer> claimed = new HashSet<>();
        private final List<Event> unwritten = new ArrayList<>();

        Resident(Standing standing) {
            this.flow = standing.origin().flow();
            this.standing = standing;
        }
    }

    /** Forgets everything; the tables are looked at next. */
    void start() {
        lock.lock();
        try {
            residents.clear();
            flows.clear();
            size = 0;
            stopped = false;
            for (var lane : lanes.values()) {
                lane.clear();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends every wait; nothing is handed out any more. */
    void stop() {
        lock.lock();
        try {
            stopped = true;
            pipeline.signalAll();
            delivery.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isStopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    /** Whether no more recipients are taken in. */
    boolean isFull() {
        lock.lock();
        try {
            return size >= limit;
        } finally {
            lock.unlock();
        }
    }

    /** Claims up to {@code most} batches of the first of these kinds that has some. */
    List<SpooledMessage> take(List<Work> kinds, int most) {
        lock.lock();
        try {
            var taken = new ArrayList<SpooledMessage>();
            for (var kind : kinds) {
                while (!stopped && taken.size() < most && !lanes.get(kind).isEmpty()) {
                    lanes.get(kind).poll().flatMap(batch -> claim(kind, batch)).ifPresent(taken::add);
                }
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private Optional<SpooledMessage> claim(Work kind, Lane.Batch batch) {
        var resident = Optional.ofNullable(residents.get(batch.key().id()));
        return resident.flatMap(there -> {
            var taken = new ArrayList<QueuedRecipient>();
            for (var number : batch.numbers()) {
                var recipient = Optional.ofNullable(there.recipients.get(number));
                if (recipient.isPresent() && !there.claimed.contains(number)
                    && work(recipient.get()).equals(Optional.of(kind))
                    && key(there, recipient.get()).equals(batch.key())) {
                    there.claimed.add(number);
                    taken.add(recipient.get());
                }
            }
            return taken.isEmpty() ? Optional.empty() : Optional.of(there.standing.message(taken));
        });
    }

    /**
     * Waits until there may be work of these kinds here or in the tables.
     *
     * @param nanos at most so long
     * @return what is left of the time
     */
    long await(List<Work> kinds, long nanos) throws InterruptedException {
        var condition = kinds.contains(Work.ROUTED) ? delivery : pipeline;
        var left = nanos;
        lock.lockInterruptibly();
        try {
            for (var sleep = sleep(kinds); left > 0 && sleep > 0; sleep = sleep(kinds)) {
                var step = Math.min(left, TimeUnit.MILLISECONDS.toNanos(sleep));
                left -= step - Math.max(0, condition.awaitNanos(step));
            }
            return left;
        } finally {
            lock.unlock();
        }
    }

    /** Milliseconds for which nothing is to be expected; 0 when there may be work now. */
    private long sleep(List<Work> kinds) {
        var now = clock.millis();
        var sleep = LONGEST_SLEEP;
        for (var kind : kinds) {
            var lane = lanes.get(kind);
            if (stopped || !lane.isEmpty() || lane.lookAt() <= now) {
                return 0;
            }
            sleep = Math.min(sleep, lane.lookAt() - now);
        }
        return sleep;
    }

    /** From where on the tables have to be read for that kind of work; empty while what is here suffices. */
    Optional<Cursor> wanted(Work kind) {
        lock.lock();
        try {
            var lane = lanes.get(kind);
            return lane.lookAt() > clock.millis() || lane.size() >= LOW || stopped ? Optional.empty()
                : Optional.of(lane.from());
        } finally {
            lock.unlock();
        }
    }

    /** Which of these messages are not here. */
    List<QueueId> absent(List<QueueId> ids) {
        lock.lock();
        try {
            return ids.stream().filter(id -> !residents.containsKey(id)).toList();
        } finally {
            lock.unlock();
        }
    }

    /** Those of these recipients that are not here. */
    List<SpoolPages.Ready> missing(List<SpoolPages.Ready> ready) {
        lock.lock();
        try {
            return ready.stream().filter(one -> {
                var resident = residents.get(one.id());
                return resident == null || !resident.recipients.containsKey(one.cursor().number());
            }).toList();
        } finally {
            lock.unlock();
        }
    }

    /** Takes a message's ready recipients in from the tables; what is here already stays as it is. */
    void bringIn(QueueId id, Optional<Standing> loaded, List<QueuedRecipient> ready) {
        lock.lock();
        try {
            var resident = residents.get(id);
            if (resident == null) {
                if (loaded.isEmpty()) {
                    return;     // it left meanwhile
                }
                resident = new Resident(loaded.get());
                residents.put(id, resident);
            }
            for (var recipient : ready) {
                if (!resident.recipients.containsKey(recipient.number())) {
                    enter(resident, recipient);
                }
            }
            forgetIfEmpty(resident);
        } finally {
            lock.unlock();
        }
    }

    /** The tables were read up to there. */
    void readTo(Work kind, Cursor cursor) {
        lock.lock();
        try {
            lanes.get(kind).readTo(cursor);
        } finally {
            lock.unlock();
        }
    }

    /** The tables were read to their end. */
    void readAll(Work kind, long nextDue) {
        lock.lock();
        try {
            lanes.get(kind).readAll(nextDue, clock.millis());
        } finally {
            lock.unlock();
        }
    }

    /** Rows in the tables became due, which are not here. */
    void leftOut(Work kind, long due) {
        lock.lock();
        try {
            lanes.get(kind).leaveOut(due, clock.millis());
            signal(kind);
        } finally {
            lock.unlock();
        }
    }

    /** A copy of what is known of a message that is here. */
    Optional<Standing> standing(QueueId id) {
        lock.lock();
        try {
            return Optional.ofNullable(residents.get(id)).map(resident -> resident.standing.copy());
        } finally {
            lock.unlock();
        }
    }

    /** A recipient, if it is claimed. */
    Optional<QueuedRecipient> claimed(QueueId id, int number) {
        lock.lock();
        try {
            return Optional.ofNullable(residents.get(id)).filter(resident -> resident.claimed.contains(number))
                .flatMap(resident -> Optional.ofNullable(resident.recipients.get(number)));
        } finally {
            lock.unlock();
        }
    }

    /** Gives back what is claimed and still as it was when it was claimed. */
    void release(SpooledMessage message) {
        lock.lock();
        try {
            var resident = residents.get(message.id());
            if (resident == null) {
                return;
            }
            for (var recipient : message.recipients()) {
                if (recipient.equals(resident.recipients.get(recipient.number()))
                    && resident.claimed.remove(recipient.number())) {
                    queue(resident, recipient);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Puts a settlement in force that the tables do not know yet. False, and nothing happened, unless all its
     * recipients are claimed, and are due where they go.
     */
    boolean advance(Settlement settlement) {
        lock.lock();
        try {
            var resident = residents.get(settlement.id());
            var now = clock.millis();
            if (resident == null || !settlement.moved().stream().allMatch(recipient ->
                resident.claimed.contains(recipient.number()) && due(recipient) <= now
                && recipient.variant() < resident.standing.variants().size())) {
                return false;
            }
            for (var recipient : settlement.moved()) {
                resident.claimed.remove(recipient.number());
                resident.recipients.put(recipient.number(), recipient);
                queue(resident, recipient);
            }
            resident.unwritten.addAll(settlement.history());
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** What happened to a message and is not written yet. */
    List<Event> unwritten(QueueId id) {
        lock.lock();
        try {
            return Optional.ofNullable(residents.get(id)).map(there -> List.copyOf(there.unwritten)).orElse(List.of());
        } finally {
            lock.unlock();
        }
    }

    /** Recipients that were read from the tables, as they are now. */
    List<QueuedRecipient> latest(QueueId id, List<QueuedRecipient> read) {
        lock.lock();
        try {
            return Optional.ofNullable(residents.get(id)).map(there -> read.stream()
                .map(recipient -> there.recipients.getOrDefault(recipient.number(), recipient)).toList()).orElse(read);
        } finally {
            lock.unlock();
        }
    }

    /** Puts a written plan in force: what it moved is claimed no more, and what is ready is here. */
    void publish(Plan plan) {
        lock.lock();
        try {
            for (var standing : plan.standings()) {
                var resident = residents.computeIfAbsent(standing.id(), _ -> new Resident(standing));
                resident.standing = standing;
                resident.unwritten.subList(0, plan.caughtUp(standing.id())).clear();
            }
            for (var moved : plan.moved()) {
                var resident = residents.get(moved.id());
                resident.claimed.remove(moved.before().number());
                leave(resident, moved.before().number());
                enterIfReady(resident, moved.after());
            }
            for (var made : plan.made()) {
                enterIfReady(residents.get(made.id()), made.recipient());
            }
            for (var standing : plan.standings()) {
                forgetIfEmpty(residents.get(standing.id()));
            }
        } finally {
            lock.unlock();
        }
    }

    private void forgetIfEmpty(Resident resident) {
        if (resident.recipients.isEmpty()) {
            residents.remove(resident.standing.id());
        }
    }

    private void enterIfReady(Resident resident, QueuedRecipient recipient) {
        work(recipient).ifPresent(kind -> {
            var due = due(recipient);
            if (due > clock.millis() || !hasRoom(resident.flow)) {
                lanes.get(kind).leaveOut(due, clock.millis());
                signal(kind);
            } else {
                enter(resident, recipient);
            }
        });
    }

    private boolean hasRoom(String flow) {
        return size < limit
            || size < limit + limit / RESERVE && flows.getOrDefault(flow, 0) < Math.max(1, limit / FEW);
    }

    private void enter(Resident resident, QueuedRecipient recipient) {
        resident.recipients.put(recipient.number(), recipient);
        size++;
        flows.merge(resident.flow, 1, Integer::sum);
        queue(resident, recipient);
    }

    private void leave(Resident resident, int number) {
        if (resident.recipients.remove(number) != null) {
            size--;
            flows.computeIfPresent(resident.flow, (_, count) -> count == 1 ? null : count - 1);
        }
    }

    private void queue(Resident resident, QueuedRecipient recipient) {
        work(recipient).ifPresent(kind -> {
            lanes.get(kind).add(key(resident, recipient), resident.flow, recipient.number());
            signal(kind);
        });
    }

    private void signal(Work kind) {
        (kind == Work.ROUTED ? delivery : pipeline).signal();
    }

    private static Optional<Work> work(QueuedRecipient recipient) {
        return switch (recipient.state()) {
            case RecipientState.Pending _ -> Optional.of(Work.PENDING);
            case RecipientState.Failed _, RecipientState.Unreported _ -> Optional.of(Work.FAILED);
            case RecipientState.Routed _ -> Optional.of(Work.ROUTED);
            case RecipientState.Held _, RecipientState.Delivered _, RecipientState.Bounced _,
                 RecipientState.Discarded _ -> Optional.empty();
        };
    }

    private static Lane.Key key(Resident resident, QueuedRecipient recipient) {
        var kind = switch (recipient.state()) {
            case RecipientState.Pending pending -> new Root(pending.processor(), pending.released());
            case RecipientState.Routed routed -> new Queue(routed.route(), recipient.variant());
            case RecipientState.Failed _, RecipientState.Unreported _, RecipientState.Held _,
                 RecipientState.Delivered _, RecipientState.Bounced _, RecipientState.Discarded _ -> "";
        };
        return new Lane.Key(resident.standing.id(), kind);
    }

    private static long due(QueuedRecipient recipient) {
        return switch (recipient.state()) {
            case RecipientState.Pending pending -> millis(pending.due());
            case RecipientState.Routed routed -> millis(routed.due());
            case RecipientState.Failed failed -> millis(failed.due());
            case RecipientState.Unreported owed -> millis(owed.due());
            case RecipientState.Held _, RecipientState.Delivered _, RecipientState.Bounced _,
                 RecipientState.Discarded _ -> 0;
        };
    }

    private static long millis(Instant due) {
        return RecipientRow.millis(due);
    }
}
