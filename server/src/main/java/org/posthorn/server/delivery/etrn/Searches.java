package org.posthorn.server.delivery.etrn;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.Spool;
import org.posthorn.server.spool.SpoolException;

/**
 * Searches through what is routed, and makes due what is meant. One search runs at a time, and the same one's not again
 * for {@code again}, or ten times as long as it took where that is more. That time goes by a clock that does not step.
 * Thread-safe, by one lock.
 */
@Singleton
final class Searches {

    private static final EventLog LOG = EventLog.of(Searches.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);   // for others' searches
    private static final int REST = 10;                                // at most a tenth of our time for one name
    private static final int MOST = 1000;                              // names remembered

    private final Duration again;
    private final Duration patience;
    private final Spool spool;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Map<String, Deadline> resting = new LinkedHashMap<>();   // guarded by the lock

    @Inject Searches(EtrnConfig config, Spool spool) {
        this(config.again(), spool, System::nanoTime);
    }

    Searches(Duration again, Spool spool, LongSupplier nanos) {
        this(again, PATIENCE, spool, nanos);
    }

    Searches(Duration again, Duration patience, Spool spool, LongSupplier nanos) {
        this.again = again;
        this.patience = patience;
        this.spool = spool;
        this.nanos = nanos;
    }

    /** What came of it. */
    sealed interface Answer {

        record Found(Spool.Started started) implements Answer {
        }

        /** It was searched for a moment ago. */
        record TooSoon() implements Answer {
        }

        /** Our fault, for now. */
        record Unable() implements Answer {
        }
    }

    /**
     * Searches.
     *
     * @param name of the search; who may ask for different things has different names
     */
    Answer search(String name, Runnable before, Predicate<Spool.Waiting> which, Instant now) {
        var mine = false;
        try {
            mine = lock.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS);
            return !mine ? new Answer.Unable() : isResting(name) ? new Answer.TooSoon()
                : alone(name, before, which, now);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer.Unable();
        } catch (SpoolException e) {
            LOG.error("search-failed", e, "for", name);
            return new Answer.Unable();
        } finally {
            if (mine) {
                lock.unlock();
            }
        }
    }

    private boolean isResting(String name) {
        return resting.containsKey(name) && !resting.get(name).isOver();
    }

    private Answer alone(String name, Runnable before, Predicate<Spool.Waiting> which, Instant now) {
        var began = nanos.getAsLong();
        before.run();
        var found = spool.startDelivery(which, now);
        var rest = Duration.ofNanos(nanos.getAsLong() - began).multipliedBy(REST);
        resting.remove(name);
        resting.put(name, Deadline.in(rest.compareTo(again) < 0 ? again : rest, nanos));
        if (resting.size() > MOST) {
            resting.remove(resting.keySet().iterator().next());
        }
        return new Answer.Found(found);
    }

    /** How long it rests still; nothing where it does not. */
    Duration left(String name) {
        lock.lock();
        try {
            return isResting(name) ? resting.get(name).left() : Duration.ZERO;
        } finally {
            lock.unlock();
        }
    }
}
