package org.posthorn.protocols.net;

import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * How our end answers a TLS handshake.
 *
 * @param context asked at each handshake, so that a renewed certificate is used from the next one on
 * @param adjust changes the context's default parameters, such as whether client certificates are asked for
 */
public record ServerTls(Supplier<SSLContext> context, Consumer<SSLParameters> adjust) {

    /** TLS 1.2 and 1.3 as the context has them by default (RFC 8996 retired the older ones), our order of ciphers. */
    public static ServerTls of(Supplier<SSLContext> context) {
        return new ServerTls(context, parameters -> {
            parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
            parameters.setUseCipherSuitesOrder(true);
        });
    }

    /**
     * The same, and the client may show a certificate; one that shows none is served too. The context's trust manager
     * says which ones pass the handshake.
     */
    public ServerTls askingForCertificates() {
        return new ServerTls(context, adjust.andThen(parameters -> parameters.setWantClientAuth(true)));
    }
}
