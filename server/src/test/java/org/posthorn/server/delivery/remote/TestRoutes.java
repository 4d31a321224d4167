package org.posthorn.server.delivery.remote;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Routes as tests need them. */
public final class TestRoutes {

    private TestRoutes() {
    }

    /** One route for a domain. */
    public static Routes to(String domain, String hop) {
        return new Routes(Map.of(new Routes.Key(domain, ""), List.of(relay(hop))), List.of(), List.of());
    }

    /** A relay of our choice, spoken to as a stranger, with TLS where it is offered. */
    static Relay relay(String hop) {
        return relay(hop, Security.OPPORTUNISTIC, Optional.empty());
    }

    static Relay relay(String hop, Security security, Optional<Login> login) {
        return new Relay(NextHop.parse(hop), new Access(security, true, login), true);
    }

    /** A smart host of that kind. */
    static Routes smart(Relay... hosts) {
        return new Routes(Map.of(), List.of(hosts), List.of());
    }
}
