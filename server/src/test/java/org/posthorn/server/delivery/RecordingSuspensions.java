package org.posthorn.server.delivery;

import java.util.ArrayList;
import java.util.List;
import org.posthorn.server.spool.Route;

/** Remembers what was lifted. */
public final class RecordingSuspensions implements Suspensions {

    private final List<String> lifted = new ArrayList<>();

    @Override public synchronized void lift(Route route) {
        lifted.add(route.agent() + " " + route.nextHop());
    }

    @Override public synchronized void liftAll() {
        lifted.add("all");
    }

    /** Each lifted route as {@code agent nextHop}, or {@code all}, in order. */
    public synchronized List<String> lifted() {
        return List.copyOf(lifted);
    }
}
