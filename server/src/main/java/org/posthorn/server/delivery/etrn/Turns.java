package org.posthorn.server.delivery.etrn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.posthorn.server.delivery.Agent;
import org.posthorn.server.delivery.Pickup;

/** The owners who are here to take their mail along, none of whose domains is another's. Thread-safe. */
final class Turns implements Pickup {

    private final Predicate<String> only;
    private final AtomicReference<List<Turn>> here = new AtomicReference<>(List.of());

    /**
     * Nobody is here yet.
     *
     * @param only whether mail for a domain, in lower case, leaves in no other way
     */
    Turns(Predicate<String> only) {
        this.only = only;
    }

    @Override public boolean isOnlyWay(String domain) {
        return only.test(domain);
    }

    @Override public Optional<Agent> of(String domain) {
        for (var turn : here.get()) {
            if (turn.covers(domain)) {
                return Optional.of(turn);
            }
        }
        return Optional.empty();
    }

    /** False when somebody else is here for one of the domains. */
    boolean begin(Turn turn) {
        while (true) {
            var now = here.get();
            if (now.stream().anyMatch(turn::meets)) {
                return false;
            }
            var next = new ArrayList<>(now);
            next.add(turn);
            if (here.compareAndSet(now, List.copyOf(next))) {
                return true;
            }
        }
    }

    void end(Turn turn) {
        here.updateAndGet(now -> now.stream().filter(other -> other != turn).toList());
    }
}
