package org.posthorn.server.delivery;

import org.posthorn.server.spool.Route;

/**
 * Destinations that could not be reached are left alone for a while. Who makes mail due by hand lifts that first, or
 * the mail would be deferred again at once. Thread-safe.
 */
public interface Suspensions {

    /** For the destination of this route. */
    void lift(Route route);

    /** For all destinations. */
    void liftAll();
}
