package org.posthorn.server.chain;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.posthorn.mailets.port.Network;
import org.posthorn.mailets.port.RelayRules;
import org.posthorn.server.config.Section;

/**
 * conf/relay.xml: for whom we pass mail on, besides authenticated users.
 *
 * @param trusted networks whose every mail is passed on; by default none, not even loopback
 * @param relayDomains domains, in lower case, to which everyone's mail is passed on
 */
public record RelayConfig(List<Network> trusted, Set<String> relayDomains) implements RelayRules {

    /** Copies the collections. */
    public RelayConfig {
        trusted = List.copyOf(trusted);
        relayDomains = relayDomains.stream().map(RelayConfig::plain).collect(Collectors.toUnmodifiableSet());
    }

    /** Reads {@code <relay>}; mistakes become problems of the section. */
    public static RelayConfig read(Section relay) {
        var trusted = relay.values("trust", Network::parse);
        var domains = relay.values("relay-domain", RelayConfig::domain);
        return new RelayConfig(trusted, Set.copyOf(domains));
    }

    @Override public boolean isTrusted(String address) {
        return trusted.stream().anyMatch(network -> network.contains(address));
    }

    @Override public boolean isRelayDomain(String domain) {
        return relayDomains.contains(plain(domain));
    }

    private static String domain(String text) {
        if (!text.matches("(?i)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\\.?")) {
            throw new IllegalArgumentException("expected a domain such as example.org, without wildcard");
        }
        return text;
    }

    private static String plain(String domain) {
        var lower = domain.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
