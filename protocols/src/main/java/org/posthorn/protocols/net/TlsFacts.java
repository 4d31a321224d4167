package org.posthorn.protocols.net;

/**
 * What was negotiated when a wire went to TLS.
 *
 * @param protocol as the JDK names it, such as {@code TLSv1.3}
 * @param cipherSuite as the JDK names it, such as {@code TLS_AES_256_GCM_SHA384}
 */
public record TlsFacts(String protocol, String cipherSuite) {
}
