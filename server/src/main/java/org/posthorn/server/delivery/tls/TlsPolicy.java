package org.posthorn.server.delivery.tls;

import java.util.List;
import java.util.Set;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.server.dns.SecureDns.Tlsa;

/**
 * What a connection must be before mail goes over it. Equal by value: one that is less never serves who wants more.
 */
public sealed interface TlsPolicy {

    /**
     * No TLS.
     *
     * @param afterFailure because a handshake failed, and not because the configuration says so
     */
    record Clear(boolean afterFailure) implements TlsPolicy {
    }

    /** TLS where it is offered, whatever the certificate; after a handshake that failed, none (RFC 7435). */
    record Opportunistic() implements TlsPolicy {
    }

    /**
     * The same, but what MTA-STS would have found is noted: its mode is {@code testing} (RFC 8461 section 5).
     *
     * @param names one of which the certificate should be for
     */
    record Observed(Set<String> names) implements TlsPolicy {
        /** Copies the names. */
        public Observed {
            names = Set.copyOf(names);
        }
    }

    /**
     * TLS, whatever the certificate.
     *
     * @param cause who wants it so
     */
    record Encrypted(Cause cause) implements TlsPolicy {
    }

    /**
     * TLS, with a certificate that an authority vouches for.
     *
     * @param names one of which it must be for
     * @param cause who wants it so
     */
    record Verified(Set<String> names, Cause cause) implements TlsPolicy {
        /** Copies the names. */
        public Verified {
            names = Set.copyOf(names);
        }
    }

    /**
     * TLS, with a certificate or key that signed records name (RFC 7672).
     *
     * @param base below which they stand; the name that SNI sends
     * @param records usable ones, at least one
     * @param names one of which a certificate below a named authority must be for; empty where none is named
     */
    record Dane(String base, List<Tlsa> records, Set<String> names) implements TlsPolicy {
        /** Copies the collections. */
        public Dane {
            records = List.copyOf(records);
            names = Set.copyOf(names);
        }
    }

    /** Who wants TLS. */
    enum Cause {
        /** Our configuration. */
        CONFIGURATION("our configuration"),
        /** The domain, by TLSA records of which none can be used. */
        DANE("DANE"),
        /** The domain, by its policy. */
        MTA_STS("MTA-STS"),
        /** The message's sender (RFC 8689). */
        REQUIRETLS("REQUIRETLS");

        private final String words;

        Cause(String words) {
            this.words = words;
        }

        @Override public String toString() {
            return words;
        }
    }

    /** What the client does about STARTTLS. */
    default TlsMode mode() {
        return switch (this) {
            case Clear _ -> TlsMode.NEVER;
            case Opportunistic _, Observed _ -> TlsMode.OPPORTUNISTIC;
            case Encrypted _, Verified _, Dane _ -> TlsMode.REQUIRED;
        };
    }

    /** Whether mail may have to wait for it. */
    default boolean isDemanding() {
        return this instanceof Encrypted || this instanceof Verified || this instanceof Dane;
    }

    /** What is known of the far side, once the handshake is done. */
    default String proof() {
        return switch (this) {
            case Clear _, Opportunistic _, Observed _ -> "unverified";
            case Encrypted(var cause) -> "unverified, required by " + cause;
            case Verified(_, var cause) when cause == Cause.MTA_STS -> "verified as MTA-STS wants it";
            case Verified _ -> "verified by an authority";
            case Dane _ -> "verified by DANE";
        };
    }
}
