package org.posthorn.server.delivery.tls;

import java.util.Optional;
import java.util.Set;
import org.posthorn.protocols.net.TlsFacts;

/**
 * On which terms a connection is opened. Equal by value: part of what decides whether an open one may be used.
 *
 * @param policy what it must be
 * @param minimum the oldest protocol
 * @param pinned one of which our configuration wants the certificate to be for, whoever else vouches for it; empty for
 *     any
 */
public record TlsTerms(TlsPolicy policy, Minimum minimum, Set<String> pinned) {

    /** Copies the names. */
    public TlsTerms {
        pinned = Set.copyOf(pinned);
    }

    /** With any name that the policy takes. */
    public TlsTerms(TlsPolicy policy, Minimum minimum) {
        this(policy, minimum, Set.of());
    }

    /** The oldest version of TLS that is spoken. */
    public enum Minimum {
        /** RFC 8996: what is older must not be used. */
        TLS_1_2,
        /** RFC 8446. */
        TLS_1_3;

        /** As the JDK names them. */
        String[] protocols() {
            return switch (this) {
                case TLS_1_2 -> new String[] {"TLSv1.3", "TLSv1.2"};
                case TLS_1_3 -> new String[] {"TLSv1.3"};
            };
        }
    }

    /** After a handshake that failed, where that is allowed. */
    public TlsTerms inTheClear() {
        return new TlsTerms(new TlsPolicy.Clear(true), minimum);
    }

    /** Whether no TLS is tried: then nothing is to be learned of it. */
    public boolean isClear() {
        return policy instanceof TlsPolicy.Clear;
    }

    /** Whether mail may go in the clear after a handshake that failed. */
    public boolean mayFallBack() {
        return policy instanceof TlsPolicy.Opportunistic || policy instanceof TlsPolicy.Observed;
    }

    /** How a message left, for its history: {@code TLSv1.3 TLS_AES_256_GCM_SHA384, verified by DANE}. */
    public String how(Optional<TlsFacts> facts) {
        return facts.map(tls -> tls.protocol() + " " + tls.cipherSuite() + ", " + policy.proof()).orElseGet(() ->
            switch (policy) {
                case TlsPolicy.Clear(var failed) when failed -> "in the clear, since the TLS handshake failed";
                case TlsPolicy.Clear _ -> "in the clear, as configured";
                case TlsPolicy _ -> "in the clear, since TLS was not offered";
            });
    }
}
