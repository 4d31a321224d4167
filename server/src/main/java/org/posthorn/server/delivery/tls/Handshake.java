package org.posthorn.server.delivery.tls;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocketFactory;

/**
 * The handshake of one connection.
 *
 * @param factory makes its socket
 * @param parameters protocols, and what the JDK checks by itself
 * @param name of the server: what SNI sends
 * @param atOnce whether TLS comes before anything else (RFC 8314 section 3)
 * @param noted what is wrong with the server's certificate, once it was seen
 */
public record Handshake(SSLSocketFactory factory, SSLParameters parameters, String name, boolean atOnce,
                        AtomicReference<Shortcoming> noted) {

    /** The same, before anything else is said. */
    public Handshake sooner() {
        return new Handshake(factory, parameters, name, true, noted);
    }

    /** What is wrong with the certificate; empty where nothing is, or nobody looked. */
    public Optional<Shortcoming> shortcoming() {
        return Optional.ofNullable(noted.get());
    }
}
