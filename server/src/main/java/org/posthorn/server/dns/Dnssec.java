package org.posthorn.server.dns;

import java.net.InetSocketAddress;
import java.util.Set;

/** Whose word on signatures is taken (RFC 4035). */
public enum Dnssec {

    /**
     * A resolver's on the same machine, whose answers nobody can change on the way; no other one's. Docker's and
     * systemd-resolved's do not count: they hand on what came to them over the network, as a rule without checking it.
     */
    AUTO,

    /** Nobody's: nothing is secure. */
    OFF,

    /** Every configured resolver's, by the AD bit. The way to it must be as safe as the resolver itself. */
    AD,

    /** Nobody's: we check the signatures ourselves, from the root down. */
    VALIDATE;

    /** Docker's, and the two of systemd-resolved. */
    private static final Set<String> FORWARDERS = Set.of("127.0.0.11", "127.0.0.53", "127.0.0.54");

    /** Whether this resolver's AD bit is believed. */
    boolean trusts(InetSocketAddress resolver) {
        return switch (this) {
            case AUTO -> resolver.getAddress() != null && resolver.getAddress().isLoopbackAddress()
                && !FORWARDERS.contains(resolver.getAddress().getHostAddress());
            case OFF -> false;
            case AD, VALIDATE -> true;     // the bit comes from our own check then
        };
    }
}
