package org.posthorn.server.delivery.tls;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Who may vouch for a host: the authorities of the JDK's trust store, or in their place those of a file. Read when
 * first needed, since that takes a tenth of a second. Thread-safe.
 */
@Singleton
public final class Authorities {

    private final Optional<Path> file;
    private volatile Optional<X509TrustManager> read = Optional.empty();

    /** Reads nothing yet. */
    @Inject
    public Authorities(TlsConfig config) {
        this(config.authorities());
    }

    Authorities(Optional<Path> file) {
        this.file = file;
    }

    /** Checks that they vouch for one of these names. */
    Proof vouchingFor(Set<String> names) {
        return (chain, type) -> {
            try {
                manager().checkServerTrusted(chain, type);
            } catch (CertificateException e) {
                throw new Unverified(isExpired(e) ? Shortcoming.Type.CERTIFICATE_EXPIRED
                    : Shortcoming.Type.CERTIFICATE_NOT_TRUSTED, "nobody we know vouches for the certificate: "
                    + e.getMessage());
            }
            if (!CertificateNames.of(chain[0]).isForAny(names)) {
                throw new Unverified(Shortcoming.Type.CERTIFICATE_HOST_MISMATCH,
                    "the certificate is for none of " + String.join(", ", names));
            }
        };
    }

    private static boolean isExpired(Throwable e) {
        for (var cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException) {
                return true;
            }
        }
        return false;
    }

    /** For HTTPS. */
    SSLContext context() {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {manager()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no TLS", e);
        }
    }

    private X509TrustManager manager() {
        var known = read;
        if (known.isEmpty()) {
            known = Optional.of(read(file));
            read = known;
        }
        return known.get();
    }

    private static X509TrustManager read(Optional<Path> file) {
        try {
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            if (file.isPresent()) {
                factory.init(store(file.get()));
            } else {
                factory.init((KeyStore) null);
            }
            return Arrays.stream(factory.getTrustManagers()).filter(X509TrustManager.class::isInstance)
                .map(X509TrustManager.class::cast).findFirst().orElseThrow();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the authorities cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Reads certificates in PEM.
     *
     * @throws GeneralSecurityException when there is none in it
     */
    static KeyStore store(Path file) throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (var in = Files.newInputStream(file)) {
            var number = 0;
            for (var one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("authority-" + number++, (X509Certificate) one);
            }
            if (number == 0) {
                throw new GeneralSecurityException("it has no certificate");
            }
        }
        return store;
    }
}
