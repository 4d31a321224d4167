package org.posthorn.server.listen;

import java.util.List;
import java.util.stream.Stream;
import org.posthorn.mailets.port.Network;
import org.posthorn.protocols.net.AddressSet;
import org.posthorn.server.config.Section;

/**
 * Peers that speak for other clients, and are believed.
 *
 * @param proxies peers whose every connection begins with a PROXY header; none by default
 * @param xclients peers that may say XCLIENT; none by default
 */
public record Spokesmen(List<Network> proxies, List<Network> xclients) {

    /** Nobody. */
    static final Spokesmen NONE = new Spokesmen(List.of(), List.of());

    /** Copies the lists. */
    public Spokesmen {
        proxies = List.copyOf(proxies);
        xclients = List.copyOf(xclients);
    }

    /** Reads {@code <proxy-from>} and {@code <xclient-from>} of an element; mistakes become its problems. */
    static Spokesmen read(Section section) {
        return new Spokesmen(section.values("proxy-from", Network::parse),
            section.values("xclient-from", Network::parse));
    }

    /** These and those. */
    Spokesmen and(Spokesmen others) {
        return new Spokesmen(Stream.concat(proxies.stream(), others.proxies.stream()).toList(),
            Stream.concat(xclients.stream(), others.xclients.stream()).toList());
    }

    /** The proxies, as a listener asks. */
    AddressSet proxySet() {
        return set(proxies);
    }

    /** Who may say XCLIENT, as a session asks. */
    AddressSet xclientSet() {
        return set(xclients);
    }

    private static AddressSet set(List<Network> networks) {
        return address -> networks.stream().anyMatch(network -> network.contains(address.getHostAddress()));
    }
}
