package org.posthorn.server.listen;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/**
 * A certificate to begin with, until a real one is put in its place: EC P-256, ten years, the host's name in it.
 *
 * <p>It gives opportunistic TLS between servers, which do not ask for more (RFC 7435); users' programs will warn.
 */
public final class SelfSignedCertificate {

    private static final Duration VALID = Duration.ofDays(3650);
    /** A key's form for P-256 (RFC 5958, RFC 5915): before the private key's octets, and before the public one's. */
    private static final byte[] BEFORE_PRIVATE =
        HexFormat.of().parseHex("308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420");
    private static final byte[] BEFORE_PUBLIC = HexFormat.of().parseHex("a144034200");
    private static final int PRIVATE_OCTETS = 32;
    private static final int PUBLIC_OCTETS = 65;

    private SelfSignedCertificate() {
    }

    /** Makes {@code cert.pem} and {@code key.pem} (mode 0600) in the directory, which must exist. */
    public static void write(Path directory, String hostname, Instant now) throws IOException {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            var keys = generator.generateKeyPair();
            var name = new X500Name("CN=" + hostname);
            var builder = new JcaX509v3CertificateBuilder(name, new BigInteger(127, new SecureRandom()),
                Date.from(now.minus(Duration.ofDays(1))), Date.from(now.plus(VALID)), name, keys.getPublic());
            builder.addExtension(Extension.subjectAlternativeName, false,
                new GeneralNames(new GeneralName(GeneralName.dNSName, hostname)).getEncoded());
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
            var key = directory.resolve("key.pem");
            Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(key, pem(new PemObject("PRIVATE KEY", both(keys))), StandardOpenOption.WRITE);
            Files.writeString(directory.resolve("cert.pem"), pem(builder.build(signer)));
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {    // if Bouncy Castle's were named, each start from an archive would load it, to check
            throw new IOException("this Java cannot make an EC certificate: " + e.getMessage(), e);
        }
    }

    /** The private key and, unlike the JDK's own form of it, the public one: by it the two files are compared. */
    static byte[] both(KeyPair keys) {
        var open = keys.getPublic().getEncoded();
        var secret = ((ECPrivateKey) keys.getPrivate()).getS().toByteArray();    // without zeros in front, or with one
        var digits = Math.min(secret.length, PRIVATE_OCTETS);
        return ByteBuffer.allocate(BEFORE_PRIVATE.length + PRIVATE_OCTETS + BEFORE_PUBLIC.length + PUBLIC_OCTETS)
            .put(BEFORE_PRIVATE).put(new byte[PRIVATE_OCTETS - digits]).put(secret, secret.length - digits, digits)
            .put(BEFORE_PUBLIC).put(open, open.length - PUBLIC_OCTETS, PUBLIC_OCTETS).array();
    }

    private static String pem(Object object) throws IOException {
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        }
        return text.toString();
    }
}
