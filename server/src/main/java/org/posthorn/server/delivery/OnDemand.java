package org.posthorn.server.delivery;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.posthorn.server.spool.Origin;
import org.posthorn.server.spool.QueuedRecipient;

/**
 * Domains whose mail is not tried until somebody asks for it, by ETRN or by {@code queue retry}, or comes for it by
 * ATRN. What was due when they
 * asked may be tried, once; what comes or fails later waits for the next time. Who asked is known until the server
 * stops: mail that was asked for but not tried by then has to be asked for again. Thread-safe, by one lock.
 */
public final class OnDemand {

    private static final int MOST = 1000;    // askings remembered; the oldest are forgotten first

    private final Predicate<String> waits;
    private final Pickup pickup;
    private final Map<String, Asked> asked = new LinkedHashMap<>();

    /** For whom, and when. */
    private record Asked(Predicate<String> domains, Instant at) {
    }

    /** A part of a job, and the agent of the one who is here to take it along. */
    record Picked(Job job, Agent agent) {
    }

    /** Nobody has asked yet, and nobody comes for mail. */
    public OnDemand(Predicate<String> waits) {
        this(waits, Pickup.never());
    }

    /**
     * Nobody has asked yet.
     *
     * @param waits whether mail for this domain, in lower case, waits until it is asked for
     * @param pickup who takes mail along
     */
    public OnDemand(Predicate<String> waits, Pickup pickup) {
        this.waits = waits;
        this.pickup = pickup;
    }

    /** Where everything is tried as soon as it is due. */
    public static OnDemand never() {
        return new OnDemand(_ -> false);
    }

    /**
     * Somebody asks for what waits. To be called before that is made due.
     *
     * @param what takes the place of an earlier asking of the same name
     * @param domains in lower case
     */
    public void ask(String what, Predicate<String> domains, Instant now) {
        synchronized (asked) {
            asked.remove(what);
            asked.put(what, new Asked(domains, now));
            if (asked.size() > MOST) {
                asked.remove(asked.keySet().iterator().next());
            }
        }
    }

    /** Asks for one domain. */
    void ask(String domain, Instant now) {
        var name = domain.toLowerCase(Locale.ROOT);
        if (waits.test(name)) {
            ask("domain " + name, name::equals, now);
        }
    }

    /** Those recipients of a job whose owner is here to take them along, for one owner; empty where there is none. */
    Optional<Picked> picked(Job job) {
        for (var recipient : job.recipients()) {
            var agent = pickup.of(domain(recipient));
            if (agent.isPresent()) {
                var part = job.only(one -> one.equals(recipient) || pickup.of(domain(one)).equals(agent));
                return part.map(some -> new Picked(some, agent.get()));
            }
        }
        return Optional.empty();
    }

    /** Whether somebody is here for it, or it may be tried. */
    boolean isAskedFor(QueuedRecipient recipient, Origin origin) {
        return pickup.of(domain(recipient)).isPresent() || mayTry(recipient, origin);
    }

    private static String domain(QueuedRecipient recipient) {
        return recipient.recipient().mailbox().domain().toLowerCase(Locale.ROOT);
    }

    /** Whether a routed recipient, due by now, is to be tried where its route leads. */
    boolean mayTry(QueuedRecipient recipient, Origin origin) {
        var domain = domain(recipient);
        if (pickup.isOnlyWay(domain)) {
            return false;
        }
        if (!waits.test(domain)) {
            return true;
        }
        var routed = Job.routed(recipient);
        synchronized (asked) {
            // A message that was still in the pipeline became due a moment later.
            return asked.values().stream().filter(asking -> asking.domains().test(domain)).anyMatch(asking ->
                !routed.due().isAfter(asking.at())
                    || routed.attempts() == 0 && !origin.received().isAfter(asking.at()));
        }
    }
}
