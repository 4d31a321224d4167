package org.posthorn.server.delivery.remote;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.posthorn.mailets.port.LmtpTarget;
import org.posthorn.protocols.address.ReversePath;

/**
 * Where the next hops of routes lead here, by our own routes and smart hosts. Answers are remembered, since each
 * message asks several times; the configuration does not change while a server runs. Thread-safe.
 */
@Singleton
public final class NextHops {

    private static final int MOST = 10_000;     // then it begins anew

    private final RemoteConfig config;
    private final Map<String, Led> known = new ConcurrentHashMap<>();
    private final boolean bySender;

    @Inject
    public NextHops(RemoteConfig config) {
        this.config = config;
        this.bySender = config.routes().askForSenders();
    }

    /**
     * Where one leads.
     *
     * @param relays to be tried in order until one of them decides; none for what is no next hop
     * @param name the same in words; the text as it was where there is none
     */
    public record Led(List<Relay> relays, String name) {

        /** The mail store that it is; empty for anything else. */
        public Optional<LmtpTarget> store() {
            return !relays.isEmpty() && relays.getFirst().hop() instanceof NextHop.Store(var target)
                ? Optional.of(target) : Optional.empty();
        }
    }

    /** Where the next hop of a route leads, whoever the sender is. */
    public Led of(String nextHop) {
        var led = known.get(nextHop);
        return led == null ? add(nextHop) : led;
    }

    /** The same for mail of this sender. */
    public Led of(String nextHop, ReversePath sender) {
        return bySender ? lead(nextHop, Optional.of(sender)) : of(nextHop);
    }

    /** The same, where it may cost something to know the sender. */
    Led of(String nextHop, Supplier<ReversePath> sender) {
        return bySender ? of(nextHop, sender.get()) : of(nextHop);
    }

    private Led add(String nextHop) {
        if (known.size() >= MOST) {
            known.clear();
        }
        var led = lead(nextHop, Optional.empty());
        known.put(nextHop, led);
        return led;
    }

    private Led lead(String nextHop, Optional<ReversePath> sender) {
        try {
            var relays = config.resolve(NextHop.parse(nextHop), sender);
            return new Led(relays, name(relays));
        } catch (IllegalArgumentException e) {
            return new Led(List.of(), nextHop);
        }
    }

    private static String name(List<Relay> relays) {
        return relays.stream().map(Relay::toString).collect(Collectors.joining(", "));
    }

    private static boolean isDomain(String nextHop) {
        try {
            return NextHop.parse(nextHop) instanceof NextHop.Domain;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Wherever mail with this next hop may go, in words. */
    Set<String> all(String nextHop) {
        var names = new HashSet<String>();
        names.add(of(nextHop).name());
        if (bySender && isDomain(nextHop)) {
            config.routes().fitting(nextHop.toLowerCase(Locale.ROOT)).forEach(relays -> names.add(name(relays)));
        }
        return names;
    }
}
