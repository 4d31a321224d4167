package org.posthorn.server.delivery;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.Spool;

/** Delivers by one kind of transport. Thread-safe; each call is on a virtual thread and may take its time. */
public interface Agent {

    /** As in {@link Route#agent}. */
    String name();

    /** Whether a route is for this agent to deliver; exactly one takes each route. */
    default boolean takes(Route route) {
        return name().equals(route.agent());
    }

    /** What the agent will reach for a route: routes with the same answer share a queue and its limits. */
    String destination(Route route);

    /** The same for a job, which may go another way for its sender. */
    default String destination(Job job) {
        return destination(job.route());
    }

    /** The same for a recipient that waits, whose sender is asked for where he matters. */
    default String destination(Spool.Waiting waiting) {
        return destination(waiting.route());
    }

    /** All that may be reached for a route, whoever the sender is. */
    default Set<String> destinations(Route route) {
        return Set.of(destination(route));
    }

    /** How many jobs for one destination run at once at most. */
    int concurrency();

    /**
     * The mailbox behind an address: recipients of one job with equal ones get one copy between them. Each address is
     * one by default.
     */
    default Object mailbox(Mailbox address) {
        return address;
    }

    /**
     * Tries once.
     *
     * @return one outcome per recipient, in the job's order
     * @throws IOException for a fault of ours; all recipients are deferred then, as for any other exception or error
     */
    List<Outcome> deliver(Job job) throws IOException;
}
