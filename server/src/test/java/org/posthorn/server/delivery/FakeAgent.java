package org.posthorn.server.delivery;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.Spool;

/** An agent whose destinations behave as the test says; unknown ones take everything. */
final class FakeAgent implements Agent {

    static final Reply TAKEN = Reply.of(250, "2.0.0", "Taken");

    /** What a destination says to a recipient. */
    @FunctionalInterface
    interface Behaviour {
        Outcome deliver(QueuedRecipient recipient) throws IOException;
    }

    final List<String> delivered = new CopyOnWriteArrayList<>();
    final AtomicInteger attempts = new AtomicInteger();
    final AtomicInteger atOnce = new AtomicInteger();
    final AtomicInteger mostAtOnce = new AtomicInteger();
    final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();
    /** Where mail goes whose sender has a route, by the sender. */
    final Map<String, String> senders = new ConcurrentHashMap<>();
    private final int concurrency;

    FakeAgent(int concurrency) {
        this.concurrency = concurrency;
    }

    @Override public String name() {
        return "remote";
    }

    @Override public String destination(Route route) {
        return route.nextHop();
    }

    @Override public String destination(Job job) {
        return senders.isEmpty() ? destination(job.route())
            : senders.getOrDefault(job.sender().toString(), job.route().nextHop());
    }

    @Override public String destination(Spool.Waiting waiting) {
        return senders.isEmpty() ? destination(waiting.route())
            : senders.getOrDefault(waiting.sender().get().toString(), waiting.route().nextHop());
    }

    @Override public Set<String> destinations(Route route) {
        return Stream.concat(Stream.of(route.nextHop()), senders.values().stream()).collect(Collectors.toSet());
    }

    @Override public int concurrency() {
        return concurrency;
    }

    @Override public List<Outcome> deliver(Job job) throws IOException {
        attempts.incrementAndGet();
        mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
        try {
            var outcomes = new java.util.ArrayList<Outcome>();
            for (var recipient : job.recipients()) {
                var outcome = behaviours.getOrDefault(destination(job), _ -> new Outcome.Delivered(TAKEN, "mx"))
                    .deliver(recipient);
                if (outcome instanceof Outcome.Delivered) {
                    delivered.add(recipient.recipient().mailbox().localPart());
                }
                outcomes.add(outcome);
            }
            return outcomes;
        } finally {
            atOnce.decrementAndGet();
        }
    }
}
