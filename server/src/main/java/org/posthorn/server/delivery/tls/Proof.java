package org.posthorn.server.delivery.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;

/** Looks at what a server shows. Thread-safe. */
interface Proof {

    /**
     * Checks the chain.
     *
     * @param chain the server's own certificate first
     * @param type the key exchange, as the JDK names it
     * @throws Unverified when it does not prove who the server is
     */
    void check(X509Certificate[] chain, String type) throws CertificateException;
}
