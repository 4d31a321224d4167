package org.posthorn.server.delivery.remote;

import java.util.Locale;
import java.util.regex.Pattern;
import org.posthorn.mailets.port.HostPort;
import org.posthorn.mailets.port.LmtpTarget;

/**
 * Where mail goes next, as routes name it: {@code example.org} for that domain's mail exchangers, {@code
 * host.example.org:2525} for that host, {@code [192.0.2.1]} or {@code [host.example.org]} for that host at the usual
 * port, {@code [2001:db8::1]:2525}, {@code _submission._tcp.example.org} for the hosts that its SRV records name, or
 * {@code lmtp:} and a mail store, {@code lmtp:store.example.org:2424}, {@code
 * lmtp:unix:/run/dovecot/lmtp}.
 */
public sealed interface NextHop {

    /** What stands before a mail store. */
    String LMTP = "lmtp:";

    /** The name of a service by TCP. */
    Pattern SERVICE = Pattern.compile("_[a-z0-9-]+\\._tcp\\.[^:]+");

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
     * A service, whose hosts and ports the DNS names (RFC 2782).
     *
     * @param name such as {@code _submission._tcp.example.org}, lower case
     */
    record Service(String name) implements NextHop {

        /** Whether a host lies below the service's own domain. */
        boolean holds(String host) {
            var domain = name.replaceFirst("^_[^.]*\\._tcp\\.", "");
            return host.equals(domain) || host.endsWith("." + domain);
        }

        @Override public String toString() {
            return name;
        }
    }

    /** A mail store that is reached by LMTP. */
    record Store(LmtpTarget target) implements NextHop {
        @Override public String toString() {
            return LMTP + target;
        }
    }

    /**
     * Reads a next hop.
     *
     * @throws IllegalArgumentException when it is none
     */
    static NextHop parse(String text) {
        if (text.startsWith(LMTP)) {
            return new Store(LmtpTarget.parse(text.substring(LMTP.length())));
        }
        var name = text.toLowerCase(Locale.ROOT);
        if (name.startsWith("[") && name.endsWith("]")) {
            var bare = name.substring(1, name.length() - 1);
            return new Host(checked(bare.startsWith("ipv6:") ? bare.substring(5) : bare), 0);
        }
        if (SERVICE.matcher(name).matches()) {
            return new Service(checked(name));
        }
        if (name.indexOf(':') < 0) {
            return new Domain(checked(name));
        }
        var address = HostPort.parse(name);
        return new Host(address.host(), address.port());
    }

    /** Reads a next hop that must name a host or a service. */
    static NextHop host(String text) {
        var hop = parse(text);
        if (hop instanceof Host || hop instanceof Service) {
            return hop;
        }
        throw new IllegalArgumentException("expected HOST:PORT, such as relay.example.org:25, or a service, such as"
            + " _submission._tcp.example.org");
    }

    private static String checked(String name) {
        if (!HostPort.isName(name)) {
            throw new IllegalArgumentException("expected DOMAIN, HOST:PORT, [HOST], lmtp:HOST:PORT or lmtp:unix:PATH");
        }
        return name;
    }
}
