package org.posthorn.server.delivery.remote;

import java.util.Locale;

/**
 * Where mail goes next, as routes name it: {@code example.org} for that domain's mail exchangers, {@code
 * host.example.org:2525} for that host, {@code [192.0.2.1]} or {@code [host.example.org]} for that host at the usual
 * port, {@code [2001:db8::1]:2525}. Other kinds may come with a prefix and a colon before them.
 */
public sealed interface NextHop {

    /**
     * A domain, whose mail exchangers are asked for.
     *
     * @param name lower case
     */
    record Domain(String name) implements NextHop {
        @Override public String toString() {
            return name;
        }
    }

    /**
     * A host: no MX lookup.
     *
     * @param name a host name or the text of an address, without brackets
     * @param port 0 for the usual one
     */
    record Host(String name, int port) implements NextHop {
        @Override public String toString() {
            return "[" + name + "]" + (port == 0 ? "" : ":" + port);
        }
    }

    /**
     * Reads a next hop.
     *
     * @throws IllegalArgumentException when it is none
     */
    static NextHop parse(String text) {
        var bracket = text.startsWith("[") ? text.indexOf(']') : -1;
        var colon = text.indexOf(':', Math.max(bracket, 0));
        var name = (colon < 0 ? text : text.substring(0, colon)).toLowerCase(Locale.ROOT);
        if (bracket > 0 && name.endsWith("]")) {
            name = name.substring(1, name.length() - 1);
            name = name.startsWith("ipv6:") ? name.substring(5) : name;
        } else if (text.startsWith("[")) {
            throw wrong();
        }
        if (name.isEmpty() || !name.chars().allMatch(c -> c > ' ' && c < 127 && "[]()<>@,;\\\"".indexOf(c) < 0)) {
            throw wrong();
        }
        if (colon < 0) {
            return bracket > 0 ? new Host(name, 0) : new Domain(name);
        }
        return new Host(name, port(text.substring(colon + 1)));
    }

    /** Reads a next hop that must name a host. */
    static Host host(String text) {
        if (parse(text) instanceof Host host) {
            return host;
        }
        throw new IllegalArgumentException("expected HOST:PORT, such as relay.example.org:25");
    }

    private static int port(String digits) {
        try {
            var port = Integer.parseInt(digits);
            if (port > 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("expected a port from 1 to 65535 after the colon", e);
        }
        throw new IllegalArgumentException("expected a port from 1 to 65535 after the colon");
    }

    private static IllegalArgumentException wrong() {
        return new IllegalArgumentException("expected DOMAIN, HOST:PORT or [HOST]");
    }
}
