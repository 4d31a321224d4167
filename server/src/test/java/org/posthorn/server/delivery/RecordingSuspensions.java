package org.posthorn.server.delivery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.posthorn.server.spool.Route;

/** Remembers what was lifted. */
public final class RecordingSuspensions implements Suspensions {

    private final List<String> lifted = new ArrayList<>();
    private final List<String> resumed = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();

    @Override public synchronized void ask(String domain, Instant due) {
        asked.add(domain);
    }

    @Override public synchronized void resume(Route route) {
        resumed.add(route.agent() + " " + route.nextHop());
    }

    @Override public synchronized void lift(Route route, String domain, Instant due) {
        lifted.add(route.agent() + " " + route.nextHop());
    }

    @Override public synchronized void liftAll(Instant due) {
        lifted.add("all");
    }

    /** Each domain that was asked for without its route, in order. */
    public synchronized List<String> asked() {
        return List.copyOf(asked);
    }

    /** Each route that was resumed without asking for a domain, in order. */
    public synchronized List<String> resumed() {
        return List.copyOf(resumed);
    }

    /** Each lifted route as {@code agent nextHop}, or {@code all}, in order. */
    public synchronized List<String> lifted() {
        return List.copyOf(lifted);
    }
}
