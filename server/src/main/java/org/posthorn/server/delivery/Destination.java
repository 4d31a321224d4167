package org.posthorn.server.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Queue;
import java.util.function.LongSupplier;
import org.posthorn.protocols.net.Deadline;

/**
 * The queue of one destination. Guarded by the lock of {@link Queues}.
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

    /** Which queue: an agent's name and what it reaches. */
    record Key(String agent, String destination) {
    }

    /** Why and until when nothing is tried. */
    record Suspension(Outcome.Deferred why, Instant until) {
    }

    private record Closed(Outcome.Deferred why, Deadline until) {
    }

    final Key key;
    private final Agent agent;
    private final LongSupplier nanos;
    private final Queue<Job> waiting = new ByPriority();
    private int running;
    private int allowed;
    private int failures;
    private int resumed;
    private Optional<Closed> suspension = Optional.empty();
    private Duration step = Duration.ofMillis(100);
    private Deadline lastSlot;

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

    Queue<Job> waiting() {
        return waiting;
    }

    boolean canStart() {
        return !waiting.isEmpty() && running < allowed;
    }

    boolean isIdle() {
        return waiting.isEmpty() && running == 0 && !isSuspended() && lastSlot.isOver();
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
        return waiting.remove();
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

    void unreachable(Outcome.Deferred why, RetryPolicy retry) {
        running--;
        allowed = firstConcurrency();
        if (!isSuspended()) {
            // Attempts that began before the first of them failed count once.
            failures++;
            suspension = Optional.of(new Closed(why, Deadline.in(retry.suspension(failures), nanos)));
        }
    }

    /** How often somebody said that it may be reached again. */
    int resumed() {
        return resumed;
    }

    void resume() {
        resumed++;
        failures = 0;
        suspension = Optional.empty();
    }

    /** When a job that finds no place here shall come again: one after the other, about as fast as they are done. */
    Instant nextSlot(Instant now) {
        var last = lastSlot.left();
        var slot = last.compareTo(SOONEST_SLOT) > 0 ? last.plus(step) : SOONEST_SLOT;
        var wait = slot.compareTo(LONGEST_POSTPONEMENT) > 0 ? LONGEST_POSTPONEMENT : slot;
        lastSlot = Deadline.in(wait, nanos);
        return now.plus(wait);
    }

    private static Duration clamp(Duration time) {
        if (time.compareTo(SHORTEST_STEP) < 0) {
            return SHORTEST_STEP;
        }
        return time.compareTo(LONGEST_STEP) > 0 ? LONGEST_STEP : time;
    }
}
