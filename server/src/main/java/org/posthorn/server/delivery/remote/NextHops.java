package org.posthorn.server.delivery.remote;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where the next hops of routes lead here, by our own routes and the smart host. Answers are remembered, since each
 * message asks several times; the configuration does not change while a server runs. Thread-safe.
 */
@Singleton
public final class NextHops {

    private static final int MOST = 10_000;     // then it begins anew

    private final RemoteConfig config;
    private final Map<String, Led> known = new ConcurrentHashMap<>();

    @Inject
    public NextHops(RemoteConfig config) {
        this.config = config;
    }

    /**
     * Where one leads.
     *
     * @param hop empty for what is no next hop
     * @param name the same in words; the text as it was where there is none
     */
    public record Led(Optional<NextHop> hop, String name) {
    }

    /** Where the next hop of a route leads. */
    public Led of(String nextHop) {
        var led = known.get(nextHop);
        return led == null ? add(nextHop) : led;
    }

    private Led add(String nextHop) {
        if (known.size() >= MOST) {
            known.clear();
        }
        var led = lead(nextHop);
        known.put(nextHop, led);
        return led;
    }

    private Led lead(String nextHop) {
        try {
            var hop = config.resolve(NextHop.parse(nextHop));
            return new Led(Optional.of(hop), hop.toString());
        } catch (IllegalArgumentException e) {
            return new Led(Optional.empty(), nextHop);
        }
    }
}
