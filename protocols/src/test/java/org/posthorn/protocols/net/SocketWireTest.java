package org.posthorn.protocols.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SocketWireTest {

    private static SSLContext serverContext;

    private final DeadlineWatch watch = new DeadlineWatch(Duration.ofMillis(50));
    private Socket peer;
    private SocketWire wire;

    @BeforeAll static void makeCertificate(@TempDir Path directory) throws Exception {
        serverContext = TestCertificate.server(directory);
    }

    @BeforeEach void connect() throws IOException {
        watch.start();
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            peer = new Socket(server.getInetAddress(), server.getLocalPort());
            wire = SocketWire.server(server.accept(), ServerTls.of(() -> serverContext), watch);
        }
    }

    @AfterEach void close() throws IOException {
        wire.close();
        peer.close();
        watch.stop();
    }

    @Test void octetsLeaveWhenFlushed() throws IOException {
        wire.out().write("220 hello\r\n".getBytes(US_ASCII));
        assertThat(peer.getInputStream().available()).isZero();
        wire.out().flush();
        assertThat(peer.getInputStream().readNBytes(11)).asString().isEqualTo("220 hello\r\n");
        assertThat(wire.remote()).isEqualTo(peer.getLocalSocketAddress());
        assertThat(wire.local()).isEqualTo(peer.getRemoteSocketAddress());
    }

    @Test void anyAmountPassesBothBuffers() throws Exception {
        var octets = new byte[200_001];
        for (var i = 0; i < octets.length; i++) {
            octets[i] = (byte) (i * 31);
        }
        var sent = CompletableFuture.runAsync(() -> {
            try {
                for (var at = 0; at < octets.length; at += 777) {
                    wire.out().write(octets, at, Math.min(777, octets.length - at));
                }
                wire.out().flush();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(peer.getInputStream().readNBytes(octets.length)).isEqualTo(octets);
        sent.get();
        var back = CompletableFuture.runAsync(() -> {
            try {
                peer.getOutputStream().write(octets);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(wire.in().read()).isEqualTo(octets[0] & 0xff);
        assertThat(wire.in().readNBytes(octets.length - 1)).endsWith(octets[octets.length - 2],
            octets[octets.length - 1]);
        back.get();
    }

    /** 19,000 clients that say nothing must not cost what 19,000 messages under way would. */
    @Test void buffersAreSmallWhileNothingComesAndGrowWithWhatDoes() throws Exception {
        assertThat(wire.held()).as("while the first command is awaited").isEqualTo(SocketInput.SMALLEST);
        wire.out().write("220 hello\r\n".getBytes(US_ASCII));
        wire.out().flush();
        var octets = new byte[100_000];
        var sent = CompletableFuture.runAsync(() -> {
            try {
                peer.getOutputStream().write(octets);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        for (var i = 0; i < octets.length - 1; i++) {
            wire.in().read();
        }
        sent.get();
        assertThat(wire.held()).isBetween(SocketInput.LARGEST, SocketInput.LARGEST + 512);
        wire.idle();
        assertThat(wire.held()).as("with an octet that was not read").isGreaterThanOrEqualTo(SocketInput.LARGEST);
        assertThat(wire.in().read()).isZero();
        wire.idle();
        assertThat(wire.held()).isEqualTo(SocketInput.SMALLEST);
    }

    @Test void aReadEndsAtTheDeadlineAndCanBeAnswered() throws IOException {
        wire.deadline(Duration.ofMillis(20));
        assertThatThrownBy(() -> wire.in().read()).isInstanceOf(SocketTimeoutException.class);
        assertThatThrownBy(() -> wire.in().read()).as("it stays passed").isInstanceOf(SocketTimeoutException.class);
        wire.deadline(Duration.ofSeconds(10));
        wire.out().write('x');
        wire.out().flush();
        assertThat(peer.getInputStream().read()).isEqualTo('x');
    }

    @Test void aLongReadIsEndedByTheWatchAndCanBeAnswered() throws IOException {
        var quick = new DeadlineWatch(Duration.ofMillis(2));
        quick.start();
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
             var far = new Socket(server.getInetAddress(), server.getLocalPort())) {
            try (var near = SocketWire.server(server.accept(), quick)) {
                near.deadline(Duration.ofMillis(80));
                assertThatThrownBy(() -> near.in().read()).isInstanceOf(SocketTimeoutException.class);
                assertThatThrownBy(() -> near.in().read()).as("it stays passed")
                    .isInstanceOf(SocketTimeoutException.class);
                near.deadline(Duration.ofSeconds(10));
                near.out().write('x');
                near.out().flush();
                assertThat(far.getInputStream().read()).isEqualTo('x');
            }
            assertThat(far.getInputStream().read()).as("an end, no reset").isEqualTo(-1);
        } finally {
            quick.stop();
        }
    }

    @ParameterizedTest @ValueSource(booleans = {true, false})
    void aLongReadHearsWhatComesAndAnEnd(boolean watched) throws IOException {
        var quick = new DeadlineWatch(Duration.ofMillis(2));
        if (watched) {
            quick.start();
        }
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
             var far = new Socket(server.getInetAddress(), server.getLocalPort());
             var near = SocketWire.server(server.accept(), quick)) {
            near.deadline(Duration.ofSeconds(10));
            far.getOutputStream().write('x');
            assertThat(near.in().read()).isEqualTo('x');
            near.deadline(Duration.ofMillis(80));
            if (watched) {
                far.shutdownOutput();
                assertThat(near.in().read()).isEqualTo(-1);
            } else {
                assertThatThrownBy(() -> near.in().read()).isInstanceOf(SocketTimeoutException.class);
            }
        } finally {
            quick.stop();
        }
    }

    @Test void aBlockedWriteEndsAtTheDeadline() {
        wire.deadline(Duration.ofMillis(20));
        assertThatThrownBy(() -> {
            while (true) {
                wire.out().write(new byte[100_000]);
            }
        }).isInstanceOf(IOException.class);
    }

    @Test void aBlockedReadEndsWhenTheWireIsClosed() throws Exception {
        var read = CompletableFuture.supplyAsync(() -> {
            try {
                return wire.in().read();
            } catch (IOException e) {
                return -2;
            }
        });
        wire.close();
        wire.close();
        assertThat(read.get()).isNegative();
        assertThat(peer.getInputStream().read()).isEqualTo(-1);
    }

    @Test void theLastWordArrivesThoughTheClientSaidMore() throws IOException {
        peer.getOutputStream().write("NOOP\r\n".repeat(100).getBytes(US_ASCII));
        wire.in().read();
        wire.out().write("421 bye".getBytes(US_ASCII));
        wire.close();
        assertThat(peer.getInputStream().readAllBytes()).asString().isEqualTo("421 bye");
    }

    @Test void aHelloThatCameTogetherWithTheCommandBelongsToTls() throws Exception {
        peer.getOutputStream().write("X\n".getBytes(US_ASCII));
        var client = CompletableFuture.supplyAsync(this::handshake);
        // Wait until the hello is there too, so that the first read takes both.
        while (wire.in().available() < 100) {
            Thread.onSpinWait();
        }
        assertThat(wire.in().read()).isEqualTo('X');
        assertThat(wire.in().read()).isEqualTo('\n');
        assertThat(wire.in().available()).as("the hello is in our buffer").isGreaterThan(90);
        wire.startTls();
        assertThat(wire.tls()).hasValueSatisfying(facts -> assertThat(facts.protocol()).isEqualTo("TLSv1.3"));
        var secured = client.get();
        secured.getOutputStream().write("secret".getBytes(US_ASCII));
        assertThat(wire.in().readNBytes(6)).asString().isEqualTo("secret");
        wire.out().write("answer".getBytes(US_ASCII));
        wire.close();
        assertThat(secured.getInputStream().readAllBytes()).as("with a goodbye of TLS").asString().isEqualTo("answer");
    }

    @Test void whatCameUnderTlsAndWasNotDecryptedIsNotQuiet() throws Exception {
        var client = CompletableFuture.supplyAsync(this::handshake);
        wire.startTls();
        var secured = client.get();
        secured.getOutputStream().write('a');
        assertThat(wire.in().read()).isEqualTo('a');
        assertThat(wire.isQuiet()).isTrue();
        secured.getOutputStream().write('b');
        while (wire.isQuiet()) {
            Thread.onSpinWait();
        }
        assertThat(wire.in().read()).as("nothing is lost by asking").isEqualTo('b');
    }

    @Test void commandsInTheClearBehindStartTlsEndTheHandshake() throws IOException {
        peer.getOutputStream().write("X\nMAIL FROM:<>\r\n".getBytes(US_ASCII));
        while (wire.in().available() < 16) {
            Thread.onSpinWait();
        }
        wire.in().skipNBytes(2);
        assertThatThrownBy(() -> wire.startTls()).isInstanceOf(SSLException.class);
        assertThat(wire.tls()).isEmpty();
    }

    @Test void aClientThatNeverShakesHandsIsLeft() {
        wire.deadline(Duration.ofMillis(20));
        assertThatThrownBy(() -> wire.startTls()).isInstanceOf(IOException.class);
    }

    @Test void bothEndsOfAHandshakeAreOurs() throws Exception {
        var client = SocketWire.client(peer, TestCertificate.client().getSocketFactory(), new SSLParameters(),
            "mx.example.org", watch);
        var clientSide = CompletableFuture.runAsync(() -> {
            try {
                client.startTls();
                client.out().write('c');
                client.out().flush();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        wire.startTls();
        assertThat(wire.in().read()).isEqualTo('c');
        clientSide.get();
        assertThat(client.tls()).isEqualTo(wire.tls());
    }

    /** Nobody watches this wire: if closing waited for the peer, it would wait for five minutes. */
    @Test void closingDoesNotWaitForThePeer() throws Exception {
        peer.close();
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            peer = new Socket(server.getInetAddress(), server.getLocalPort());
            var unwatched = SocketWire.server(server.accept(), ServerTls.of(() -> serverContext), new DeadlineWatch());
            var secured = CompletableFuture.supplyAsync(this::handshake);
            unwatched.startTls();
            secured.get().getOutputStream().write('x');
            assertThat(unwatched.in().read()).isEqualTo('x');
            unwatched.close();
            assertThat(secured.get().getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test void aServerThatTalksOnBehindItsAnswerToStartTlsIsNotTrusted() throws Exception {
        var client = SocketWire.client(peer, TestCertificate.client().getSocketFactory(), new SSLParameters(),
            "mx.example.org", watch);
        wire.out().write("220 go\n250 forged\n".getBytes(US_ASCII));
        wire.out().flush();
        client.in().skipNBytes(7);
        while (client.in().available() == 0) {
            Thread.onSpinWait();
        }
        assertThatThrownBy(client::startTls).isInstanceOf(SSLException.class);
    }

    private SSLSocket handshake() {
        try {
            var secured = (SSLSocket) TestCertificate.client().getSocketFactory()
                .createSocket(peer, "mx.example.org", 25, true);
            secured.startHandshake();
            return secured;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
