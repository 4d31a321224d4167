package org.posthorn.server.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
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
