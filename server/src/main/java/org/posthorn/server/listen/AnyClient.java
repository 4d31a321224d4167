package org.posthorn.server.listen;

import java.net.Socket;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Lets every client certificate through the handshake, which proves no more than that the client holds its key. What it
 * allows is the policy's to say, by its fingerprint: relay.xml may list one that nobody signed but its owner, and one
 * that is not listed allows nothing, whoever signed it.
 */
final class AnyClient extends X509ExtendedTrustManager {

    @Override public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
        // Any will do.
    }

    @Override public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
        // Any will do.
    }

    @Override public void checkClientTrusted(X509Certificate[] chain, String type) {
        // Any will do.
    }

    @Override public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
        throw new UnsupportedOperationException("this is a server");
    }

    @Override public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
        throw new UnsupportedOperationException("this is a server");
    }

    @Override public void checkServerTrusted(X509Certificate[] chain, String type) {
        throw new UnsupportedOperationException("this is a server");
    }

    /** No names of authorities are sent: the client may show what it has. */
    @Override public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
