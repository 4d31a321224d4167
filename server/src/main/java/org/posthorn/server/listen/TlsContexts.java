package org.posthorn.server.listen;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** Makes the server's TLS context of a certificate chain and its private key, both PEM. */
public final class TlsContexts {

    private static final Pattern PKCS8 =
        Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private TlsContexts() {
    }

    /**
     * Loads both files.
     *
     * @throws IOException when one cannot be read or they do not belong together; the message names the file
     */
    public static SSLContext load(Path certificate, Path key) throws IOException {
        var chain = chain(certificate);
        var pem = Files.readString(key, StandardCharsets.US_ASCII);
        var privateKey = privateKey(key, pem);
        try {
            if (!namesPublicKey(pem, privateKey, chain.getFirst()) && !belongTogether(chain.getFirst(), privateKey)) {
                throw new IOException(key + " is not the key of " + certificate + ": put the matching key there");
            }
            var context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new OneCertificate(chain, privateKey)},
                new TrustManager[] {new AnyClient()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(certificate + " and " + key + " cannot be used together: " + e.getMessage(), e);
        }
    }

    /**
     * Whether the key's file holds the certificate's public key too, as it does for RSA, and by custom for EC (RFC 5915
     * section 3), at its end. To sign and verify instead, below, takes a start a tenth of a second and more.
     */
    private static boolean namesPublicKey(String pem, PrivateKey key, X509Certificate certificate) {
        return switch (certificate.getPublicKey()) {
            case RSAPublicKey open -> key instanceof RSAPrivateCrtKey secret && secret.getModulus().equals(
                open.getModulus()) && secret.getPublicExponent().equals(open.getPublicExponent());
            case ECPublicKey open -> key instanceof ECPrivateKey && endAlike(open.getEncoded(), pkcs8Octets(pem),
                1 + 2 * ((open.getParams().getCurve().getField().getFieldSize() + 7) / 8));
            default -> false;
        };
    }

    private static boolean endAlike(byte[] one, byte[] other, int length) {
        return one.length >= length && other.length >= length && Arrays.equals(one, one.length - length, one.length,
            other, other.length - length, other.length);
    }

    /** What the key signs must verify by the certificate. */
    private static boolean belongTogether(X509Certificate certificate, PrivateKey key) throws GeneralSecurityException {
        var algorithm = switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> key.getAlgorithm();   // EdDSA
        };
        var probe = new byte[] {1};
        var signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(probe);
        var verifier = Signature.getInstance(algorithm);
        verifier.initVerify(certificate);
        verifier.update(probe);
        return key.getAlgorithm().equals(certificate.getPublicKey().getAlgorithm()) && verifier.verify(signer.sign());
    }

    private static List<X509Certificate> chain(Path file) throws IOException {
        try {
            var chain = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)));
            if (chain.isEmpty()) {
                throw new IOException(file + ": expected a certificate in PEM form");
            }
            return chain.stream().map(X509Certificate.class::cast).toList();
        } catch (GeneralSecurityException e) {
            throw new IOException(file + ": expected a certificate in PEM form: " + e.getMessage(), e);
        }
    }

    private static PrivateKey privateKey(Path file, String text) throws IOException {
        var usual = pkcs8(text);
        return usual.isPresent() ? usual.get() : otherForm(file, text);
    }

    /** The form that tools write now (RFC 7468 section 10), if it is that: the JDK reads it without more classes. */
    private static Optional<PrivateKey> pkcs8(String text) {
        var octets = pkcs8Octets(text);
        if (octets.length == 0) {
            return Optional.empty();
        }
        for (var algorithm : List.of("EC", "RSA", "EdDSA")) {
            try {
                return Optional.of(KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(octets)));
            } catch (GeneralSecurityException e) {
                // A key of another kind, or none: what reads all forms will tell.
            }
        }
        return Optional.empty();
    }

    /** None when there is no such key, or it cannot be decoded. */
    private static byte[] pkcs8Octets(String text) {
        var found = PKCS8.matcher(text);
        try {
            return found.find() ? Base64.getMimeDecoder().decode(found.group(1)) : new byte[0];
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static PrivateKey otherForm(Path file, String text) throws IOException {
        try (var parser = new PEMParser(new StringReader(text))) {
            var converter = new JcaPEMKeyConverter();
            for (var found = parser.readObject(); found != null; found = parser.readObject()) {
                if (found instanceof PrivateKeyInfo key) {
                    return converter.getPrivateKey(key);
                }
                if (found instanceof PEMKeyPair pair) {
                    return converter.getPrivateKey(pair.getPrivateKeyInfo());
                }
            }
        }
        throw new IOException(file + ": expected a private key in PEM form, without a password");
    }
}
