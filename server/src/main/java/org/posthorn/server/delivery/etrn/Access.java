package org.posthorn.server.delivery.etrn;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.posthorn.mailets.port.Network;
import org.posthorn.mailets.port.RelayRules;
import org.posthorn.protocols.etrn.QueueFlush;
import org.posthorn.server.chain.RelayConfig;
import org.posthorn.server.config.Section;

/**
 * Who may ask. Whoever meets one of the conditions may; where there is none, these may: this host itself, the networks
 * that relay.xml trusts, and every user who logged in.
 *
 * @param networks where it may ask from
 * @param anyone whether it may from everywhere
 * @param users addresses in lower case
 * @param anyUser whether every user who logged in may
 * @param certificates fingerprints of client certificates whose holders may
 * @param tls whether it must be under TLS, whoever asks
 */
record Access(List<Network> networks, boolean anyone, Set<String> users, boolean anyUser, Set<String> certificates,
              boolean tls) {

    /** Where nothing is said. */
    static final Access USUAL = new Access(List.of(), false, Set.of(), false, Set.of(), false);

    private static final String ANYONE = "anyone";

    Access {
        networks = List.copyOf(networks);
        certificates = Set.copyOf(certificates);
        users = users.stream().map(user -> user.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    /** Reads {@code <from>}, {@code <user>}, {@code <certificate>} and {@code tls} of a node or queue. */
    static Access read(Section section) {
        var from = section.values("from", text -> text.equals(ANYONE) ? Optional.<Network>empty()
            : Optional.of(Network.parse(text)));
        var users = section.values("user", Access::user);
        return new Access(from.stream().flatMap(Optional::stream).toList(), from.stream().anyMatch(Optional::isEmpty),
            users.stream().filter(user -> !user.equals(ANYONE)).collect(Collectors.toSet()), users.contains(ANYONE),
            Set.copyOf(section.values("certificate", RelayConfig::fingerprint)), section.flag("tls", false));
    }

    private static String user(String text) {
        if (!text.equals(ANYONE) && !isAddress(text)) {
            throw new IllegalArgumentException("expected a user's address, or anyone for all who log in");
        }
        return text;
    }

    /** Reads the address of one user. */
    static String address(String text) {
        if (!isAddress(text)) {
            throw new IllegalArgumentException("expected a user's address");
        }
        return text;
    }

    private static boolean isAddress(String text) {
        return text.matches("[^@\\s]+@[^@\\s]+");
    }

    /** Why the client may not ask, in words for it; empty when it may. */
    Optional<String> refuses(QueueFlush.Client client, RelayRules relay) {
        if (tls && !client.secured()) {
            return Optional.of("STARTTLS first");
        }
        if (admitsAddress(client, relay) || certificates.contains(client.certificate())
            || !client.user().isEmpty() && admitsUser(client.user())) {
            return Optional.empty();
        }
        return Optional.of(client.user().isEmpty() && client.mayLogIn() && admitsSomeUser()
            ? "log in first" : "not for you");
    }

    /** Whether the client may ask, perhaps once it is under TLS or has logged in. */
    boolean mayCome(QueueFlush.Client client, RelayRules relay) {
        return admitsAddress(client, relay) || certificates.contains(client.certificate())
            || (client.user().isEmpty() ? client.mayLogIn() && admitsSomeUser() : admitsUser(client.user()));
    }

    private boolean isUsual() {
        return networks.isEmpty() && !anyone && users.isEmpty() && !anyUser && certificates.isEmpty();
    }

    private boolean admitsAddress(QueueFlush.Client client, RelayRules relay) {
        var ip = client.address().getHostAddress();
        return anyone || isFrom(ip)
            || isUsual() && (client.address().isLoopbackAddress() || relay.isTrusted(ip));
    }

    private boolean isFrom(String ip) {
        for (var network : networks) {
            if (network.contains(ip)) {
                return true;
            }
        }
        return false;
    }

    private boolean admitsUser(String user) {
        return anyUser || isUsual() || users.contains(user.toLowerCase(Locale.ROOT));
    }

    private boolean admitsSomeUser() {
        return anyUser || isUsual() || !users.isEmpty();
    }
}
