package org.posthorn.server.delivery;

import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.posthorn.server.spool.Origin;

/**
 * When to try again, and when to give up (RFC 5321 section 4.5.4.1).
 *
 * <p>The n-th failed attempt of a recipient is followed by a wait of {@code first} times 2 to the n-1, at most
 * {@code most}, made up to a fifth shorter or longer by chance, so that what failed together does not come back
 * together. With the defaults (3 minutes, 1 hour): 3, 6, 12, 24, 48, 60, 60... minutes. A wait never leads beyond the
 * end of the message's life: there the last attempt is made, and what is deferred then has failed.
 *
 * <p>A destination of which nothing could be reached is left alone for a third of {@code first}, twice as long after
 * each further failure, at most ten minutes. Messages for it wait as long or half their age, whichever is more, at
 * most {@code most}; that does not count as an attempt of theirs.
 */
public final class RetryPolicy {

    private static final Duration LONGEST_SUSPENSION = Duration.ofMinutes(10);
    private static final double JITTER = 0.2;
    private static final int DOUBLINGS = 30;   // enough for any delay, and far from overflow

    private final RetryConfig config;
    private final RandomGenerator random;

    /** Chance comes from outside; it must be safe for many threads. */
    @Inject
    public RetryPolicy(RetryConfig config, RandomGenerator random) {
        this.config = config;
        this.random = random;
    }

    /**
     * When to try again.
     *
     * @param attempts how many were made, from 1
     */
    public Instant next(Origin origin, int attempts, Instant now) {
        return withinLife(origin, now.plus(jittered(doubled(config.first(), attempts - 1, config.most()))), now);
    }

    /** When a message comes again whose destination is left alone until then. */
    public Instant afterSuspension(Origin origin, Instant until, Instant now) {
        var left = Duration.between(now, until);
        var half = Duration.between(origin.received(), now).dividedBy(2);
        var patient = half.compareTo(config.most()) < 0 ? half : config.most();
        var wait = left.compareTo(patient) < 0 ? patient : left;
        return withinLife(origin, now.plusMillis((long) (wait.toMillis() * (1 + JITTER * random.nextDouble()))), now);
    }

    private Instant withinLife(Origin origin, Instant next, Instant now) {
        var end = end(origin);
        return next.isAfter(end) && end.isAfter(now) ? end : next;
    }

    /** Whether a deferral now means failure. */
    public boolean isExpired(Origin origin, Instant now) {
        return !now.isBefore(end(origin));
    }

    /** How long a message is tried; a report shorter, perhaps. */
    public Duration lifetime(Origin origin) {
        return origin.sender().isNull() ? config.bounceLifetime() : config.lifetime();
    }

    /**
     * How long to leave a destination alone.
     *
     * @param failures in a row, from 1
     */
    public Duration suspension(int failures) {
        return doubled(config.first().dividedBy(3), failures - 1, LONGEST_SUSPENSION);
    }

    /** The end of a message's life: what is deferred then has failed. */
    public Instant end(Origin origin) {
        return origin.received().plus(lifetime(origin));
    }

    private Duration jittered(Duration wait) {
        return Duration.ofMillis((long) (wait.toMillis() * (1 - JITTER + 2 * JITTER * random.nextDouble())));
    }

    private static Duration doubled(Duration first, int times, Duration most) {
        var wait = first.toMillis() * Math.pow(2, Math.min(times, DOUBLINGS));
        return wait < most.toMillis() ? Duration.ofMillis((long) wait) : most;
    }
}
