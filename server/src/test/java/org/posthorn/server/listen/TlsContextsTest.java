package org.posthorn.server.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsContextsTest {

    @TempDir private Path directory;

    @BeforeEach void make() throws IOException {
        SelfSignedCertificate.write(directory, "mx.example.org", Instant.now());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aClientSeesTheCertificate(String protocol) throws Exception {
        var server = TlsContexts.load(directory.resolve("cert.pem"), directory.resolve("key.pem"));
        try (var listening = server.getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var served = new FutureTask<>(() -> {
                try (var socket = listening.accept()) {
                    return socket.getInputStream().read();
                }
            });
            Thread.ofVirtual().start(served);
            try (var client = (SSLSocket) trusting().getSocketFactory()
                    .createSocket(InetAddress.getLoopbackAddress(), listening.getLocalPort())) {
                client.setEnabledProtocols(new String[] {protocol});
                client.getOutputStream().write('x');
                assertThat(client.getSession().getProtocol()).isEqualTo(protocol);
                assertThat(((X509Certificate) client.getSession().getPeerCertificates()[0]).getSubjectX500Principal())
                    .hasToString("CN=mx.example.org");
            }
            assertThat(served.get()).isEqualTo('x');
        }
    }

    @Test void aKeyOfAnotherCertificateIsTold() throws IOException {
        var other = Files.createDirectory(directory.resolve("other"));
        SelfSignedCertificate.write(other, "mx.example.org", Instant.now());
        assertThatThrownBy(() -> TlsContexts.load(directory.resolve("cert.pem"), other.resolve("key.pem")))
            .isInstanceOf(IOException.class).hasMessageContaining("is not the key of");
    }

    /** The JDK writes a key without its public half: it is tried then. */
    @Test void aKeyWithoutItsPublicHalfIsTried() throws Exception {
        var key = directory.resolve("key.pem");
        withoutPublicHalf(key);
        TlsContexts.load(directory.resolve("cert.pem"), key);
        var other = Files.createDirectory(directory.resolve("other"));
        SelfSignedCertificate.write(other, "mx.example.org", Instant.now());
        withoutPublicHalf(other.resolve("key.pem"));
        assertThatThrownBy(() -> TlsContexts.load(directory.resolve("cert.pem"), other.resolve("key.pem")))
            .isInstanceOf(IOException.class).hasMessageContaining("is not the key of");
    }

    private static void withoutPublicHalf(Path file) throws Exception {
        var whole = Base64.getMimeDecoder().decode(Files.readString(file).replaceAll("-----.*-----", ""));
        var factory = KeyFactory.getInstance("EC");
        var read = (ECPrivateKey) factory.generatePrivate(new PKCS8EncodedKeySpec(whole));
        var key = factory.generatePrivate(new ECPrivateKeySpec(read.getS(), read.getParams()));
        assertThat(key.getEncoded().length).isLessThan(whole.length - 64);
        pem(file, "PRIVATE KEY", key.getEncoded());
    }

    @Test void anRsaKeyIsKnownByItsModulus() throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        var keys = generator.generateKeyPair();
        var name = new X500Name("CN=mx.example.org");
        var certificate = new JcaX509v3CertificateBuilder(name, BigInteger.ONE, Date.from(Instant.EPOCH),
            Date.from(Instant.EPOCH.plusSeconds(1)), name, keys.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withRSA").build(keys.getPrivate()));
        pem(directory.resolve("cert.pem"), "CERTIFICATE", certificate.getEncoded());
        pem(directory.resolve("key.pem"), "PRIVATE KEY", keys.getPrivate().getEncoded());
        TlsContexts.load(directory.resolve("cert.pem"), directory.resolve("key.pem"));
        pem(directory.resolve("key.pem"), "PRIVATE KEY", generator.generateKeyPair().getPrivate().getEncoded());
        assertThatThrownBy(() -> TlsContexts.load(directory.resolve("cert.pem"), directory.resolve("key.pem")))
            .isInstanceOf(IOException.class).hasMessageContaining("is not the key of");
    }

    /** One number in 256 begins with an octet of zeros, one in two needs a sign. */
    @ParameterizedTest
    @ValueSource(strings = {"1", "00ff", "80", "7fffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550"})
    void everyPrivateNumberIsWrittenInThirtyTwoOctets(String number) throws Exception {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        var keys = generator.generateKeyPair();
        var wanted = new BigInteger(number, 16);
        var factory = KeyFactory.getInstance("EC");
        var curve = ((ECPublicKey) keys.getPublic()).getParams();
        var secret = factory.generatePrivate(new ECPrivateKeySpec(wanted, curve));
        var read = factory.generatePrivate(new PKCS8EncodedKeySpec(
            SelfSignedCertificate.both(new KeyPair(keys.getPublic(), secret))));
        assertThat(((ECPrivateKey) read).getS()).isEqualTo(wanted);
    }

    private static void pem(Path file, String label, byte[] octets) throws IOException {
        Files.writeString(file, "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(octets)
            + "\n-----END " + label + "-----\n");
    }

    /** A client that takes any certificate. */
    private static SSLContext trusting() throws Exception {
        var context = SSLContext.getInstance("TLS");
        var anything = new X509TrustManager() {
            @Override public void checkClientTrusted(X509Certificate[] chain, String authType) {
            }

            @Override public void checkServerTrusted(X509Certificate[] chain, String authType) {
            }

            @Override public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[0];
            }
        };
        context.init(null, new TrustManager[] {anything}, null);
        return context;
    }
}
