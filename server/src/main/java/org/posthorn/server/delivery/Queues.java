package org.posthorn.server.delivery;

import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Jobs in hand, by destination. Destinations take turns, one job each, so a long queue delays nobody else's; within a
 * destination those do for whom the mail is sent. One lock guards everything here; nothing slow is done under it.
 */
final class Queues {

    private static final int SWEPT = 1000;      // jobs, after which suspensions that are over are forgotten

    private final Limits limits;
    private final RetryPolicy retry;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition quiet = lock.newCondition();
    private final Map<Destination.Key, Destination> destinations = new HashMap<>();
    private final LinkedHashSet<Destination> turns = new LinkedHashSet<>();   // those that may have a job to begin
    private int running;
    private long ends;
    private boolean closed;

    @Inject Queues(Limits limits, RetryPolicy retry, InstantSource clock) {
        this(limits, retry, clock, System::nanoTime);
    }

    Queues(Limits limits, RetryPolicy retry, InstantSource clock, LongSupplier nanos) {
        this.limits = limits;
        this.retry = retry;
        this.clock = clock;
        this.nanos = nanos;
    }

    /** What to do with a job that was taken from the spool. */
    sealed interface Place {

        /** It waits here. */
        record Queued() implements Place {
        }

        /** Its destination is busy enough: that job, or another one whose turn is later, goes back to the spool. */
        record Postponed(Job job, Instant until) implements Place {
        }

        /** Its destination cannot be reached. */
        record Suspended(Outcome.Deferred why, Instant until) implements Place {
        }
    }

    /**
     * A job whose time has come.
     *
     * @param news of its destination by then
     */
    record Turn(Destination destination, Job job, int news) {
    }

    /** How many jobs are in hand at most. */
    int active() {
        return limits.active();
    }

    Place offer(Agent agent, Job job) {
        lock.lock();
        try {
            var now = clock.instant();
            var key = new Destination.Key(agent.name(), agent.destination(job));
            var destination = destinations.computeIfAbsent(key, k -> new Destination(k, agent, nanos));
            var suspension = destination.suspension(now);
            if (suspension.isPresent()) {
                return new Place.Suspended(suspension.get().why(), destination.nextSlotAfter(suspension.get()));
            }
            var tooMany = destination.add(job, limits.waiting());
            queueUp(destination);
            return tooMany.<Place>map(last -> new Place.Postponed(last, destination.nextSlot(now)))
                .orElseGet(Place.Queued::new);
        } finally {
            lock.unlock();
        }
    }

    private void queueUp(Destination destination) {
        if (destination.canStart()) {
            turns.add(destination);
        }
    }

    /** The jobs that may begin now; the caller begins them. */
    List<Turn> begin() {
        lock.lock();
        try {
            var begun = new ArrayList<Turn>();
            while (!closed && running < limits.workers() && !turns.isEmpty()) {
                var destination = turns.removeFirst();
                if (destination.canStart()) {
                    running++;
                    begun.add(new Turn(destination, destination.start(), destination.news()));
                    queueUp(destination);
                }
            }
            return begun;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A job has ended. When nothing could be reached its destination is suspended, unless that was done or undone since
     * the job began.
     *
     * @param unreachable why nothing could be reached, if that is so
     * @return when that suspends the destination, the jobs that waited for it and shall be suspended with it
     */
    Optional<List<Job>> ended(Turn turn, Optional<Outcome.Deferred> unreachable, boolean reached, Duration took) {
        lock.lock();
        try {
            running--;
            var destination = turn.destination();
            var dropped = Optional.<List<Job>>empty();
            if (unreachable.isPresent() && destination.news() == turn.news()) {
                destination.unreachable(unreachable.get(), retry);
                dropped = Optional.of(destination.drop());
            } else if (reached) {
                destination.reached(took);
            } else {
                destination.ended();
            }
            queueUp(destination);
            ends++;
            if (running == 0 || ends % SWEPT == 0) {
                destinations.values().removeIf(Destination::isIdle);
            } else if (destination.isIdle()) {
                destinations.remove(destination.key);
            }
            if (running == 0) {
                quiet.signalAll();
            }
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    /** How many destinations are kept in mind. */
    int known() {
        lock.lock();
        try {
            return destinations.size();
        } finally {
            lock.unlock();
        }
    }

    /** When another job shall come again that waited for a destination which is left alone; now when it is not. */
    Instant suspendedUntil(Turn turn) {
        lock.lock();
        try {
            var now = clock.instant();
            return turn.destination().suspension(now).map(turn.destination()::nextSlotAfter).orElse(now);
        } finally {
            lock.unlock();
        }
    }

    /** How a destination is now. */
    Reachability.State state(Destination.Key key) {
        lock.lock();
        try {
            var destination = Optional.ofNullable(destinations.get(key));
            if (destination.flatMap(there -> there.suspension(clock.instant())).isPresent()) {
                return Reachability.State.SUSPENDED;
            }
            return destination.filter(there -> there.waiting() >= limits.waiting()).isPresent()
                ? Reachability.State.FULL : Reachability.State.OPEN;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the suspension of those destinations. */
    void resume(Predicate<Destination.Key> which) {
        lock.lock();
        try {
            destinations.values().stream().filter(d -> which.test(d.key)).forEach(Destination::resume);
        } finally {
            lock.unlock();
        }
    }

    /** Begins nothing more and hands out what waits. */
    List<Job> close() {
        lock.lock();
        try {
            closed = true;
            var left = new ArrayList<Job>();
            for (var destination : destinations.values()) {
                left.addAll(destination.drop());
            }
            return left;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nothing runs; false when the time is over before. */
    boolean awaitQuiet(Duration most) throws InterruptedException {
        var left = most.toNanos();
        lock.lockInterruptibly();
        try {
            while (running > 0 && left > 0) {
                left = quiet.awaitNanos(left);
            }
            return running == 0;
        } finally {
            lock.unlock();
        }
    }
}
