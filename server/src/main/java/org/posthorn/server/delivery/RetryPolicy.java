package org.posthorn.server.delivery;

import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.protocols.smtp.Recipient;
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
    public Instant next(Origin origin, Mailbox recipient, int attempts, Instant now) {
        return withinLife(origin, recipient, now.plus(jittered(doubled(config.first(), attempts - 1, config.most()))),
            now);
    }

    /** When a message comes again whose destination is left alone until then. */
    public Instant afterSuspension(Origin origin, Mailbox recipient, Instant until, Instant now) {
        var left = Duration.between(now, until);
        var half = Duration.between(start(origin), now).dividedBy(2);
        var patient = half.compareTo(config.most()) < 0 ? half : config.most();
        var wait = left.compareTo(patient) < 0 ? patient : left;
        return withinLife(origin, recipient,
            now.plusMillis((long) (wait.toMillis() * (1 + JITTER * random.nextDouble()))), now);
    }

    /** Neither after the end of its life, nor after the time by which it was to be delivered. */
    private Instant withinLife(Origin origin, Mailbox recipient, Instant next, Instant now) {
        var end = end(origin, recipient);
        var atLast = next.isAfter(end) && end.isAfter(now) ? end : next;
        return origin.parameters().handling().by().map(Handling.By::at)
            .filter(by -> by.isAfter(now) && by.isBefore(atLast)).orElse(atLast);
    }

    /** When what nobody asks for is looked at again: when its sender is to be told, or at the end of its life. */
    public Instant unasked(Origin origin, Recipient recipient, Instant now) {
        var next = config.delays().next(origin, recipient, now).orElse(Instant.MAX);
        return withinLife(origin, recipient.mailbox(), next, now);
    }

    /** Whether a deferral now means failure. */
    public boolean isExpired(Origin origin, Mailbox recipient, Instant now) {
        return !now.isBefore(end(origin, recipient));
    }

    /** Whether it was to be delivered by now, and is to go back since it was not (RFC 2852, by-mode R). */
    public boolean isLate(Origin origin, Instant now) {
        return origin.parameters().handling().by().filter(by -> by.returned() && !now.isBefore(by.at())).isPresent();
    }

    /** How long a message is tried: what its queue says; a report shorter, perhaps. */
    public Duration lifetime(Origin origin, Mailbox recipient) {
        if (origin.sender().isNull()) {
            return config.bounceLifetime();
        }
        for (var other : config.others()) {
            if (other.holdsFor(origin, recipient)) {
                return other.lifetime();
            }
        }
        return config.lifetime();
    }

    /** How many notices of the delay its sender ought to have by now. */
    public int noticesDue(Origin origin, Recipient recipient, Instant now) {
        return config.delays().due(origin, recipient, now);
    }

    private static Instant start(Origin origin) {
        return origin.parameters().handling().start(origin.received());
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
    public Instant end(Origin origin, Mailbox recipient) {
        return start(origin).plus(lifetime(origin, recipient));
    }

    private Duration jittered(Duration wait) {
        return Duration.ofMillis((long) (wait.toMillis() * (1 - JITTER + 2 * JITTER * random.nextDouble())));
    }

    private static Duration doubled(Duration first, int times, Duration most) {
        var wait = first.toMillis() * Math.pow(2, Math.min(times, DOUBLINGS));
        return wait < most.toMillis() ? Duration.ofMillis((long) wait) : most;
    }
}
