package org.posthorn.protocols.net;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Where a listener listens.
 *
 * @param name for thread names, such as {@code submission}
 * @param address an IPv4 or IPv6 literal; {@code 0.0.0.0} and {@code ::} are all addresses of the host
 * @param port 0 for any free one
 * @param proxies peers whose every connection begins with a {@link ProxyHeader}
 */
public record ListenerSettings(String name, String address, int port, Encryption encryption, AddressSet proxies) {

    /** Checks the literal and the port. */
    public ListenerSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("a port is 0 to 65535, not " + port);
        }
        try {
            InetAddress.ofLiteral(address);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                "expected an address like 0.0.0.0, 192.0.2.1 or 2001:db8::1, found '" + address + "'", e);
        }
    }

    /** A listener without proxies before it. */
    public ListenerSettings(String name, String address, int port, Encryption encryption) {
        this(name, address, port, encryption, AddressSet.none());
    }

    InetSocketAddress bindAddress() {
        return new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }
}
