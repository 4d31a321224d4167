package org.posthorn.server.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.server.spool.FairOrder;

/**
 * The queue of one destination. Guarded by the lock of {@link Queues}.
 *
 * <p>Jobs wait in the order of their priorities (MT-PRIORITY, RFC 6710), those of one priority in {@linkplain FairOrder
 * fair order}, by the recipients that they have. But seven turns in eight are for the most urgent: one is for those
 * behind, and one in eight of these for those behind them, so that none waits for ever.
 *
 * <p>It begins with few jobs at once and allows one more for each that reached the far side, up to the agent's limit;
 * when nothing can be reached it is suspended and begins anew. Both go by a clock that does not step.
 */
final class Destination {

    private static final int FIRST_CONCURRENCY = 5;
    private static final Duration SHORTEST_STEP = Duration.ofMillis(1);
    private static final Duration LONGEST_STEP = Duration.ofSeconds(1);
    private static final Duration SOONEST_SLOT = Duration.ofSeconds(1);
    private static final Duration LONGEST_POSTPONEMENT = Duration.ofMinutes(10);
    private static final Duration STEP_WHILE_SUSPENDED = Duration.ofMillis(20);     // to look at one costs half a ms
    private static final int SHARE = 3;     // binary digits: one turn in eight
    private static final Duration LONGEST_SUSPENDED = Duration.ofHours(1);

    /** Which queue: an agent's name and what it reaches. */
    record Key(String agent, String destination) {
    }

    /** Why and until when nothing is tried. */
    record Suspension(Outcome.Deferred why, Instant until) {
    }

    /** A job and its turn; of those with the same place the first comes first. */
    private record Waiting(Job job, long place, long number) {
    }

    /** Those of one priority: 0 for nearly all mail. Its clock is its own, and goes on when nobody waits. */
    private static final class Lane {
        private final FairOrder order = new FairOrder();
        private final TreeSet<Waiting> waiting = new TreeSet<>(
            Comparator.comparingLong(Waiting::place).thenComparingLong(Waiting::number));
    }

    private record Closed(Outcome.Deferred why, Deadline until) {
    }

    final Key key;
    private final Agent agent;
    private final LongSupplier nanos;
    private final NavigableMap<Integer, Lane> lanes = new TreeMap<>(Comparator.reverseOrder());   // by priority
    private int waiting;
    private long offered;
    private long turns;
    private int running;
    private int allowed;
    private int failures;
    private int news;
    private Optional<Closed> suspension = Optional.empty();
    private Duration step = Duration.ofMillis(100);
    private Deadline lastSlot;
    private Duration sinceSuspension = Duration.ZERO;   // the last one that comes again then

    /**
     * Reached as far as anybody knows.
     *
     * @param nanos as {@link System#nanoTime}
     */
    Destination(Key key, Agent agent, LongSupplier nanos) {
        this.key = key;
        this.agent = agent;
        this.nanos = nanos;
        this.lastSlot = Deadline.in(Duration.ZERO, nanos);
        this.allowed = firstConcurrency();
    }

    private int firstConcurrency() {
        return Math.min(FIRST_CONCURRENCY, agent.concurrency());
    }

    Agent agent() {
        return agent;
    }

    int waiting() {
        return waiting;
    }

    /**
     * Adds a job to those that wait.
     *
     * @return when there are too many now, the last one of the priority that has most, of such the least urgent
     */
    Optional<Job> add(Job job, int most) {
        var lane = lanes.computeIfAbsent(job.priority(), _ -> new Lane());
        var place = lane.order.place(job.message().origin().flow(), job.recipients().size());
        lane.waiting.add(new Waiting(job, place, offered++));
        if (waiting < most) {
            waiting++;
            return Optional.empty();
        }
        var longest = lane;
        for (var other : lanes.values()) {
            longest = other.waiting.size() >= longest.waiting.size() ? other : longest;
        }
        return Optional.of(longest.waiting.removeLast().job());
    }

    /** All that wait; none does then. */
    List<Job> drop() {
        var dropped = new ArrayList<Job>(waiting);
        for (var lane : lanes.values()) {
            lane.waiting.forEach(one -> dropped.add(one.job()));
            lane.waiting.clear();
        }
        waiting = 0;
        return dropped;
    }

    boolean canStart() {
        return waiting > 0 && running < allowed;
    }

    boolean isIdle() {
        return waiting == 0 && running == 0 && !isSuspended() && lastSlot.isOver();
    }

    private boolean isSuspended() {
        return suspension.isPresent() && !suspension.get().until().isOver();
    }

    /** The suspension that holds now, and when it will end by the clock of that moment. */
    Optional<Suspension> suspension(Instant now) {
        return suspension.map(closed -> new Suspension(closed.why(), now.plus(closed.until().left())))
            .filter(open -> open.until().isAfter(now));
    }

    Job start() {
        running++;
        waiting--;
        turns++;
        var lane = next();
        var first = lane.waiting.removeFirst();
        lane.order.served(first.place());
        return first.job();
    }

    /** Those whose turn it is: the most urgent, but each eighth time the next ones, each 64th time those behind. */
    private Lane next() {
        var passed = Long.numberOfTrailingZeros(turns) / SHARE;
        var last = lanes.firstEntry().getValue();
        for (var lane : lanes.values()) {
            if (!lane.waiting.isEmpty()) {
                last = lane;
                if (passed-- == 0) {
                    break;
                }
            }
        }
        return last;
    }

    void reached(Duration took) {
        running--;
        failures = 0;
        suspension = Optional.empty();
        allowed = Math.min(allowed + 1, agent.concurrency());
        // How often a job ends here, smoothed.
        var measured = took.dividedBy(Math.max(1, allowed));
        step = clamp(step.multipliedBy(7).plus(measured).dividedBy(8));
    }

    /** An attempt that says nothing of the destination. */
    void ended() {
        running--;
    }

    /** Suspends it: attempts that began before the first of them failed count once. */
    void unreachable(Outcome.Deferred why, RetryPolicy retry) {
        running--;
        allowed = firstConcurrency();
        news++;
        failures++;
        sinceSuspension = Duration.ZERO;
        suspension = Optional.of(new Closed(why, Deadline.in(retry.suspension(failures), nanos)));
    }

    /**
     * How often it was suspended, or somebody said that it may be reached again. A failure of an attempt that began
     * before the last time says nothing of it any more.
     */
    int news() {
        return news;
    }

    void resume() {
        news++;
        failures = 0;
        suspension = Optional.empty();
    }

    /**
     * When a job that finds no place here shall come again: one after the other, about as fast as they are done. When
     * that would be late, from the beginning again, so that never many come at once.
     */
    Instant nextSlot(Instant now) {
        var next = lastSlot.left().plus(step);
        var wait = next.compareTo(SOONEST_SLOT) < 0 || next.compareTo(LONGEST_POSTPONEMENT) > 0 ? SOONEST_SLOT : next;
        lastSlot = Deadline.in(wait, nanos);
        return now.plus(wait);
    }

    /** When a job shall come again whose destination is suspended until then; in the same way. */
    Instant nextSlotAfter(Suspension open) {
        var next = sinceSuspension.plus(STEP_WHILE_SUSPENDED);
        sinceSuspension = next.compareTo(LONGEST_SUSPENDED) > 0 ? Duration.ZERO : next;
        return open.until().plus(sinceSuspension);
    }

    private static Duration clamp(Duration time) {
        if (time.compareTo(SHORTEST_STEP) < 0) {
            return SHORTEST_STEP;
        }
        return time.compareTo(LONGEST_STEP) > 0 ? LONGEST_STEP : time;
    }
}
