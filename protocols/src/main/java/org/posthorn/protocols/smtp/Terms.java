package org.posthorn.protocols.smtp;

import java.time.Duration;
import java.time.InstantSource;

/**
 * What clients may ask of the queue.
 *
 * @param longestHold FUTURERELEASE: how far in the future a message may be released (RFC 4865); zero for not at all
 * @param shortestTime DELIVERBY: the shortest time in which something can be delivered or go back (RFC 2852); zero for
 *     any
 * @param mostUrgent MT-PRIORITY: the highest priority that is granted (RFC 6710); below zero for none at all
 * @param clock tells now
 */
public record Terms(Duration longestHold, Duration shortestTime, int mostUrgent, InstantSource clock) {

    /** Thirty days, any time, no priority above that of all other mail. */
    public static final Terms DEFAULT = new Terms(Duration.ofDays(30), Duration.ZERO, 0, InstantSource.system());

    /** Whether this extension is offered at all, to those who may use it. */
    boolean offers(Extension extension) {
        return switch (extension) {
            case FUTURERELEASE -> longestHold.isPositive();
            case MT_PRIORITY -> mostUrgent >= 0;
            default -> true;
        };
    }
}
