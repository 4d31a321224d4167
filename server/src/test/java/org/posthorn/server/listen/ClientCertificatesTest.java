package org.posthorn.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.net.ClientCertificate;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.protocols.net.ServerTls;
import org.posthorn.protocols.net.SocketWire;
import org.posthorn.protocols.net.TlsFacts;

/** Certificates that clients show, made and signed by themselves. */
@Timeout(60)
class ClientCertificatesTest {

    private final DeadlineWatch watch = new DeadlineWatch();
    @TempDir private Path directory;
    private ServerTls tls;

    @BeforeEach void make() throws IOException {
        SelfSignedCertificate.write(directory, "mx.example.org", Instant.now());
        var context = TlsContexts.load(directory.resolve("cert.pem"), directory.resolve("key.pem"));
        tls = ServerTls.of(() -> context);
        watch.start();
    }

    @AfterEach void stop() {
        watch.stop();
    }

    @ParameterizedTest @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aCertificateThatNobodySignedIsKnownByItsFingerprint(String protocol) throws Exception {
        var keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
        var expired = Instant.now().minus(Duration.ofDays(9));
        var name = new X500Name("CN=laptop");
        var builder = new JcaX509v3CertificateBuilder(name, BigInteger.ONE, Date.from(expired.minusSeconds(60)),
            Date.from(expired), name, keys.getPublic());
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
            new GeneralName(GeneralName.dNSName, "laptop.example"),
            new GeneralName(GeneralName.rfc822Name, "ann@example.org"),
            new GeneralName(GeneralName.iPAddress, "192.0.2.1")}));
        var certificate = new JcaX509CertificateConverter().getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("key", keys.getPrivate(), new char[0], new Certificate[] {certificate});
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, new char[0]);

        var shown = facts(tls.askingForCertificates(), Optional.of(managers), protocol).certificate().orElseThrow();
        assertThat(shown.fingerprint()).isEqualTo("sha256:" + HexFormat.of().formatHex(
            MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded())));
        assertThat(shown).extracting(ClientCertificate::subject).isEqualTo("CN=laptop");
        assertThat(shown.names()).containsExactly("laptop.example", "ann@example.org");
        assertThat(facts(tls, Optional.of(managers), protocol).certificate()).as("not asked").isEmpty();
    }

    @Test void whoShowsNoneIsServedToo() throws Exception {
        assertThat(facts(tls.askingForCertificates(), Optional.empty(), "TLSv1.3").certificate()).isEmpty();
        assertThat(facts(tls.askingForCertificates(), Optional.empty(), "TLSv1.2").certificate()).isEmpty();
    }

    /** What the server's end knows after a handshake. */
    private TlsFacts facts(ServerTls server, Optional<KeyManagerFactory> keys, String protocol) throws Exception {
        try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
             var connected = new Socket(listening.getInetAddress(), listening.getLocalPort());
             var wire = SocketWire.server(listening.accept(), server, watch)) {
            var served = new FutureTask<>(() -> {
                wire.startTls();
                wire.in().read();
                return wire.tls().orElseThrow();
            });
            Thread.ofVirtual().start(served);
            try (var client = (SSLSocket) client(keys).getSocketFactory().createSocket(connected, "mx", 25, true)) {
                client.setEnabledProtocols(new String[] {protocol});
                client.startHandshake();
                client.getOutputStream().write('x');
                return served.get();
            }
        }
    }

    private static SSLContext client(Optional<KeyManagerFactory> keys) throws Exception {
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
        context.init(keys.map(KeyManagerFactory::getKeyManagers).orElse(null), new TrustManager[] {anything}, null);
        return context;
    }
}
