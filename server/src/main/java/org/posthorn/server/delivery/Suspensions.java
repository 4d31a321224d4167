package org.posthorn.server.delivery;

import java.time.Instant;
import org.posthorn.server.spool.Route;

/**
 * Destinations that could not be reached are left alone for a while, and some domains' mail waits until it is asked
 * for. Who makes mail due by hand lifts that first, or the mail would be deferred again at once. Thread-safe.
 */
public interface Suspensions {

    /**
     * For a domain whose mail waits until it is asked for; its destination stays suspended if it is.
     *
     * @param due when the mail is made due, at the latest
     */
    void ask(String domain, Instant due);

    /** For the destination of this route alone: a domain whose mail waits until it is asked for goes on to do so. */
    void resume(Route route);

    /**
     * For the destination of this route, and the domain as {@link #ask} does.
     *
     * @param domain of the recipient
     * @param due when the mail is made due, at the latest
     */
    void lift(Route route, String domain, Instant due);

    /**
     * For all destinations.
     *
     * @param due when the mail is made due, at the latest
     */
    void liftAll(Instant due);
}
