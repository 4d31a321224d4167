package org.posthorn.server.delivery.remote;

import java.net.InetAddress;

/**
 * One address to connect to.
 *
 * @param host its name, or the text of the address
 */
public record Target(String host, InetAddress address, int port) {

    /** As logs and reports show it: the host's name, an address in brackets, the port where it is not 25. */
    @Override public String toString() {
        var literal = host.indexOf(':') >= 0 || host.equals(address.getHostAddress());
        return (literal ? "[" + host + "]" : host) + (port == 25 ? "" : ":" + port);
    }
}
