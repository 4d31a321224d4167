package org.posthorn.server.delivery.tls;

import java.util.Locale;
import java.util.Set;

/**
 * What we ourselves want of connections for a domain.
 *
 * @param want how much
 * @param names the certificate must be for one of these, with {@link Want#REQUIRED}; empty for the host's own name
 * @param minimum the oldest protocol
 */
public record TlsRule(Want want, Set<String> names, TlsTerms.Minimum minimum) {

    /** Copies the names, in lower case. */
    public TlsRule {
        names = Set.copyOf(names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList());
    }

    /** The same, but with at least so much. */
    TlsRule atLeast(Want least) {
        return want.compareTo(least) >= 0 ? this : new TlsRule(least, Set.of(), minimum);
    }

    /** How much, from least to most. */
    public enum Want {
        /** No TLS. */
        NEVER,
        /** Where it is offered, whatever the domain publishes. */
        UNCHECKED,
        /** Where it is offered, and what the domain publishes (DANE, MTA-STS) is held to. */
        OPPORTUNISTIC,
        /** At least TLS, with any certificate. */
        ENCRYPTED,
        /** At least a certificate that an authority vouches for. */
        REQUIRED,
        /** Signed TLSA records, and a certificate that they name (RFC 7672 section 6). */
        DANE
    }
}
