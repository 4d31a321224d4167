package org.posthorn.server.listen;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Presents one certificate to every client. The JDK's own key managers want a key store, which encrypts the key with
 * ten
 * thousand rounds of a hash only to decrypt it again: 0.3 s of each start.
 */
final class OneCertificate extends X509ExtendedKeyManager {

    private static final String ALIAS = "server";

    private final List<X509Certificate> chain;
    private final PrivateKey key;

    /** The server's own certificate first. */
    OneCertificate(List<X509Certificate> chain, PrivateKey key) {
        this.chain = List.copyOf(chain);
        this.key = key;
    }

    @Override public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return aliasFor(keyType);
    }

    @Override public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        return aliasFor(keyType);
    }

    @Override public String[] getServerAliases(String keyType, Principal[] issuers) {
        return serves(keyType) ? new String[] {ALIAS} : new String[0];
    }

    /** The API says null for none: the handshake then tries the next kind of key. */
    private String aliasFor(String keyType) {
        return serves(keyType) ? ALIAS : null;
    }

    /** Kinds such as {@code EC} or {@code RSA}; for TLS 1.2 also with the exchange in front, {@code EC_EC}. */
    private boolean serves(String keyType) {
        var algorithm = chain.getFirst().getPublicKey().getAlgorithm();
        return keyType.equals(algorithm) || keyType.startsWith(algorithm + "_")
            || keyType.equals("RSASSA-PSS") && algorithm.equals("RSA");
    }

    @Override public X509Certificate[] getCertificateChain(String alias) {
        return chain.toArray(X509Certificate[]::new);
    }

    @Override public PrivateKey getPrivateKey(String alias) {
        return key;
    }

    @Override public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
        return null;   // we are the server
    }

    @Override public String[] getClientAliases(String keyType, Principal[] issuers) {
        return new String[0];
    }
}
