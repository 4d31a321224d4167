package org.posthorn.server.delivery.tls;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.posthorn.protocols.client.TlsMode;

/** Makes handshakes that keep to the terms. Thread-safe. */
@Singleton
public final class Handshakes {

    private final Authorities authorities;

    /** Certificates are checked by these. */
    @Inject
    public Handshakes(Authorities authorities) {
        this.authorities = authorities;
    }

    /** For a connection to that host; each connection needs its own. */
    public Handshake on(TlsTerms terms, String host) {
        var noted = new AtomicReference<Shortcoming>();
        var parameters = new SSLParameters();
        parameters.setProtocols(terms.minimum().protocols());
        return switch (terms.policy()) {
            case TlsPolicy.Clear _, TlsPolicy.Opportunistic _, TlsPolicy.Encrypted _ ->
                new Handshake(Trusting.FACTORY, parameters, host, false, noted);
            case TlsPolicy.Observed(var names) -> new Handshake(factory(
                new Looking(authorities.vouchingFor(names), noted, false)), parameters, host, false, noted);
            case TlsPolicy.Verified(var names, _) -> new Handshake(factory(new Looking(
                pinned(terms, authorities.vouchingFor(names)), noted, true)), parameters, host, false, noted);
            // RFC 7672 section 8.1: SNI is the TLSA base domain.
            case TlsPolicy.Dane dane -> new Handshake(factory(
                new Looking(pinned(terms, new DaneProof(dane)), noted, true)), parameters, dane.base(), false, noted);
        };
    }

    /** Also for one of the names that our configuration wants. */
    private static Proof pinned(TlsTerms terms, Proof proof) {
        return terms.pinned().isEmpty() ? proof : (chain, type) -> {
            proof.check(chain, type);
            if (!CertificateNames.of(chain[0]).isForAny(terms.pinned())) {
                throw new Unverified(Shortcoming.Type.CERTIFICATE_HOST_MISMATCH,
                    "the certificate is for none of " + String.join(", ", terms.pinned()));
            }
        };
    }

    /** For who knows three ways: REQUIRED wants a certificate in the host's name that the JDK's store vouches for. */
    public static Handshake usual(TlsMode mode, String host) {
        var parameters = new SSLParameters();
        var required = mode == TlsMode.REQUIRED;
        if (required) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        return new Handshake(required ? (SSLSocketFactory) SSLSocketFactory.getDefault() : Trusting.FACTORY, parameters,
            host, false, new AtomicReference<>());
    }

    private static SSLSocketFactory factory(TrustManager trust) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {trust}, null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no TLS", e);
        }
    }

    /** Made when the first connection needs it; its sessions are resumed. */
    private static final class Trusting {
        private static final SSLSocketFactory FACTORY = factory(new Looking((_, _) -> { }, new AtomicReference<>(),
            false));
    }

    /**
     * Looks at what the server shows, and fails the handshake where it insists on more. Extended, so that the JDK adds
     * no checks of its own.
     */
    private static final class Looking extends X509ExtendedTrustManager {

        private final Proof proof;
        private final AtomicReference<Shortcoming> noted;
        private final boolean insists;

        Looking(Proof proof, AtomicReference<Shortcoming> noted, boolean insists) {
            this.proof = proof;
            this.noted = noted;
            this.insists = insists;
        }

        @Override public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            try {
                proof.check(chain, type);
            } catch (CertificateException e) {
                noted.set(e instanceof Unverified unverified ? unverified.shortcoming()
                    : new Shortcoming(Shortcoming.Type.VALIDATION_FAILURE, String.valueOf(e.getMessage())));
                if (insists) {
                    throw e;
                }
            }
        }

        @Override public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
            checkServerTrusted(chain, type);
        }

        @Override public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
            checkServerTrusted(chain, type);
        }

        @Override public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
            throw new UnsupportedOperationException("this is a client");
        }

        @Override public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            throw new UnsupportedOperationException("this is a client");
        }

        @Override public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw new UnsupportedOperationException("this is a client");
        }

        @Override public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
