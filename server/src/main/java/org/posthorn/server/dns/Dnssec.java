package org.posthorn.server.dns;

import java.net.InetSocketAddress;

/** Whose word on signatures is taken (RFC 4035). */
public enum Dnssec {

    /** A resolver's on the same machine, whose answers nobody can change on the way; no other one's. */
    AUTO,

    /** Nobody's: nothing is secure. */
    OFF,

    /** Every configured resolver's, by the AD bit. The way to it must be as safe as the resolver itself. */
    AD,

    /** Nobody's: we check the signatures ourselves, from the root down. */
    VALIDATE;

    /** Whether this resolver's AD bit is believed. */
    boolean trusts(InetSocketAddress resolver) {
        return switch (this) {
            case AUTO -> resolver.getAddress() != null && resolver.getAddress().isLoopbackAddress();
            case OFF -> false;
            case AD, VALIDATE -> true;     // the bit comes from our own check then
        };
    }
}
