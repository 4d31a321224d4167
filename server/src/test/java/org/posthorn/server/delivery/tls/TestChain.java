package org.posthorn.server.delivery.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.posthorn.server.dns.SecureDns.Tlsa;

/**
 * An authority made for a test, and a server's certificate that it signed.
 *
 * @param authority its certificate
 * @param server the server's
 * @param keys the server's
 */
public record TestChain(X509Certificate authority, X509Certificate server, KeyPair keys) {

    private static final String ISSUER = "CN=Authority of a test";

    /** For these names, good from yesterday until tomorrow. */
    public static TestChain of(String... names) throws GeneralSecurityException {
        return of(Duration.ofDays(1), names);
    }

    /** For these names, good until then, from now. */
    public static TestChain of(Duration good, String... names) throws GeneralSecurityException {
        var issuer = new X500Name(ISSUER);
        var issuerKeys = newKeys();
        var serverKeys = newKeys();
        var authority = certificate(issuer, issuerKeys, issuerKeys, Duration.ofDays(1));
        return new TestChain(authority, certificate(new X500Name("CN=server"), serverKeys, issuerKeys, good, names),
            serverKeys);
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        return KeyPairGenerator.getInstance("EC").generateKeyPair();
    }

    private static X509Certificate certificate(X500Name subject, KeyPair keys, KeyPair issuerKeys, Duration good,
                                               String... names) throws GeneralSecurityException {
        try {
            var now = Instant.now();
            var issuer = new X500Name(ISSUER);
            var builder = new JcaX509v3CertificateBuilder(issuer, BigInteger.valueOf(System.nanoTime()),
                Date.from(now.minus(Duration.ofDays(3))), Date.from(now.plus(good)), subject, keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(subject.equals(issuer)));
            if (names.length > 0) {
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(Arrays.stream(names)
                    .map(name -> new GeneralName(name.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName,
                        name)).toArray(GeneralName[]::new)));
            }
            return new JcaX509CertificateConverter().getCertificate(builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate())));
        } catch (IOException | org.bouncycastle.operator.OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    /** As the server shows it. */
    public X509Certificate[] shown() {
        return new X509Certificate[] {server, authority};
    }

    /** The server's side. */
    public SSLContext context() throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("key", keys.getPrivate(), new char[0], new Certificate[] {server, authority});
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, new char[0]);
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    /** The authority as a file. */
    public Path authorityFile(Path directory) throws GeneralSecurityException, IOException {
        return Files.writeString(directory.resolve("authority.pem"), "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(authority.getEncoded()) + "\n-----END CERTIFICATE-----\n");
    }

    /** The record that names the server's key: 3 1 1. */
    public Tlsa endEntity() throws GeneralSecurityException {
        return new Tlsa(3, 1, 1, sha256(server.getPublicKey().getEncoded()));
    }

    /** The record that names the authority: 2 0 1. */
    public Tlsa anchor() throws GeneralSecurityException {
        return new Tlsa(2, 0, 1, sha256(authority.getEncoded()));
    }

    private static String sha256(byte[] octets) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(octets));
    }
}
