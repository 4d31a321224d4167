package org.posthorn.protocols.net;

import java.util.Optional;

/**
 * What was negotiated when a wire went to TLS.
 *
 * @param protocol as the JDK names it, such as {@code TLSv1.3}
 * @param cipherSuite as the JDK names it, such as {@code TLS_AES_256_GCM_SHA384}
 * @param certificate the client's, at the server's end; empty when it was not asked for one or showed none
 */
public record TlsFacts(String protocol, String cipherSuite, Optional<ClientCertificate> certificate) {

    /** Without a client's certificate. */
    public TlsFacts(String protocol, String cipherSuite) {
        this(protocol, cipherSuite, Optional.empty());
    }

    /** These, of a client for whom somebody else speaks: the certificate is not its own. */
    public TlsFacts withoutCertificate() {
        return new TlsFacts(protocol, cipherSuite);
    }
}
