package org.posthorn.server.delivery.remote;

import org.posthorn.protocols.client.TlsMode;

/** How a connection to another host is secured. */
public enum Security {

    /** In the clear. */
    NEVER(TlsMode.NEVER),

    /** STARTTLS where it is offered, whatever the certificate. */
    OPPORTUNISTIC(TlsMode.OPPORTUNISTIC),

    /** STARTTLS, with a certificate that is vouched for, or nothing is sent. */
    REQUIRED(TlsMode.REQUIRED),

    /** TLS from the first octet (RFC 8314 section 3), with such a certificate. */
    IMPLICIT(TlsMode.NEVER);

    private final TlsMode starttls;

    Security(TlsMode starttls) {
        this.starttls = starttls;
    }

    /** What is done about STARTTLS. */
    TlsMode starttls() {
        return starttls;
    }

    /** Whether nothing is said in the clear but EHLO and STARTTLS. */
    boolean isCertain() {
        return this == REQUIRED || this == IMPLICIT;
    }

    static Security of(TlsMode mode) {
        return switch (mode) {
            case NEVER -> NEVER;
            case OPPORTUNISTIC -> OPPORTUNISTIC;
            case REQUIRED -> REQUIRED;
        };
    }
}
