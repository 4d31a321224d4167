package org.posthorn.server.delivery.etrn;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.posthorn.protocols.etrn.EtrnNode;
import org.posthorn.protocols.etrn.QueueFlush;
import org.posthorn.server.delivery.OnDemand;
import org.posthorn.server.delivery.Reachability;
import org.posthorn.server.delivery.Suspensions;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.Spool;

/**
 * Starts a node's queue: makes its recipients due, and lifts what suspended their destinations. The agents do the rest,
 * where their routes lead, never where the client called from. What turns out dead meanwhile is left alone.
 *
 * <p>Whoever asks while the node's search rests is told 250, and the queue is searched once more when that time is
 * over. Thread-safe.
 */
@Singleton
public final class EtrnDesk implements QueueFlush {

    private static final EventLog LOG = EventLog.of(EtrnDesk.class);
    private static final int MOST = 1000;                              // destinations remembered

    private final Rights rights;
    private final Searches searches;
    private final Suspensions suspensions;
    private final Reachability reachability;
    private final OnDemand onDemand;
    private final Later later;
    private final InstantSource clock;
    private final Set<Asker> repeats = ConcurrentHashMap.newKeySet();       // of whom one is put off already

    @Inject
    EtrnDesk(Rights rights, Searches searches, Suspensions suspensions, Reachability reachability, OnDemand onDemand,
             Later later, InstantSource clock) {
        this.rights = rights;
        this.searches = searches;
        this.suspensions = suspensions;
        this.reachability = reachability;
        this.onDemand = onDemand;
        this.later = later;
        this.clock = clock;
    }

    /** Who asks for what: others may have rights to other domains of the same node. */
    private record Asker(EtrnNode node, InetAddress address, String user, String certificate) {
    }

    @Override public boolean isOfferedTo(Client client) {
        return rights.isOfferedTo(client);
    }

    @Override public Result start(Client client, EtrnNode node) {
        var log = LOG.connection(client.connection());
        var ip = client.address().getHostAddress();
        return switch (rights.grant(client, node)) {
            case Rights.Grant.Refused(var reason) -> {
                log.info("etrn-refused", "node", node, "ip", ip, "user", client.user(), "why", reason);
                yield new Result.NotAllowed(reason);
            }
            case Rights.Grant.Allowed(var domains) -> {
                var asker = new Asker(node, client.address(), client.user(), client.certificate());
                var result = start(asker, domains);
                if (result instanceof Result.Started) {
                    putOff(asker, domains);
                    log.debug("etrn-again", "node", node, "ip", ip, "user", client.user());
                } else {
                    log.info("etrn", "node", node, "ip", ip, "user", client.user(), "started", words(result));
                }
                yield result;
            }
        };
    }

    /** What came meanwhile must not wait for its next retry: its node was told that the queue is started. */
    private void putOff(Asker asker, Predicate<String> domains) {
        if (repeats.add(asker)) {
            later.run(searches.left(asker.node().toString()), () -> {
                repeats.remove(asker);
                var result = start(asker, domains);
                if (result instanceof Result.Started) {
                    putOff(asker, domains);
                } else {
                    LOG.info("etrn", "node", asker.node(), "ip", asker.address().getHostAddress(), "user", asker.user(),
                        "started", words(result));
                }
            });
        }
    }

    private static String words(Result result) {
        return switch (result) {
            case Result.Started _ -> "a moment ago";
            case Result.NothingWaiting _ -> "nothing";
            case Result.UnderWay _ -> "all was under way";
            case Result.Pending(var messages) -> messages + (messages == 1 ? " message" : " messages");
            case Result.Unable _ -> "not now";
            case Result.NotAllowed(var reason) -> reason;
        };
    }

    private Result start(Asker asker, Predicate<String> domains) {
        var now = clock.instant();
        return switch (searches.search(asker.node().toString(), () -> onDemand.ask(asker.toString(), domains, now),
                new Search(domains, now)::isMeant, now)) {
            case Searches.Answer.TooSoon() -> new Result.Started();
            case Searches.Answer.Unable() -> new Result.Unable();
            case Searches.Answer.Found(var found) when found.messages() == 0 -> new Result.NothingWaiting();
            case Searches.Answer.Found(var found) when found.messages() == found.inHand() -> new Result.UnderWay();
            case Searches.Answer.Found(var found) -> new Result.Pending(found.messages());
        };
    }

    /** One search through what is routed. */
    private final class Search {
        private final Predicate<String> domains;
        private final Instant now;
        private final Set<String> lifted = new HashSet<>();

        Search(Predicate<String> domains, Instant now) {
            this.domains = domains;
            this.now = now;
        }

        /** The recipient's domain counts; the route's too, where it names one. */
        boolean isMeant(Spool.Waiting waiting) {
            var domain = waiting.recipient().domain().toLowerCase(Locale.ROOT);
            if (!domains.test(domain) && !domains.test(waiting.route().nextHop().toLowerCase(Locale.ROOT))) {
                return false;
            }
            if (lifted.size() >= MOST) {
                lifted.clear();     // twice does no harm, and memory has a bound
            }
            if (lifted.add(waiting.route() + " " + domain)) {
                // Before it is due, or it would be put off again at once.
                suspensions.lift(waiting.route(), domain, now);
            }
            // Suspended since: the first of it were tried, and the rest would only be put off again, one by one.
            return reachability.of(waiting) != Reachability.State.SUSPENDED;
        }
    }
}
