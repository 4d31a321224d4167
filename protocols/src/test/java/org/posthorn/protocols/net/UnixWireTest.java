package org.posthorn.protocols.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UnixWireTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Executor VIRTUAL = task -> Thread.ofVirtual().start(task);

    private final DeadlineWatch watch = new DeadlineWatch(Duration.ofMillis(10));
    @TempDir private Path directory;
    private ServerSocketChannel server;
    private UnixWire wire;
    private SocketChannel peer;

    @BeforeEach void connect() throws IOException {
        watch.start();
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(directory.resolve("lmtp")), 1);
        wire = UnixWire.connect(directory.resolve("lmtp"), LONG, watch);
        peer = server.accept();
    }

    @AfterEach void close() throws IOException {
        wire.close();
        peer.close();
        server.close();
        watch.stop();
    }

    private String heard(int octets) throws IOException {
        var read = ByteBuffer.allocate(octets);
        while (read.hasRemaining() && peer.read(read) >= 0) {
            // until all is there
        }
        return new String(read.array(), 0, read.position(), US_ASCII);
    }

    @Test void octetsPassBothWays() throws IOException {
        wire.out().write("LHLO me\r\n".getBytes(US_ASCII));
        wire.out().flush();
        assertThat(heard(9)).isEqualTo("LHLO me\r\n");
        peer.write(ByteBuffer.wrap("250 ok\r\n".getBytes(US_ASCII)));
        assertThat(wire.in().readNBytes(8)).asString().isEqualTo("250 ok\r\n");
        assertThat(wire.remote().getAddress().isLoopbackAddress()).isTrue();
        assertThat(wire.tls()).isEmpty();
    }

    @Test void whatCameAndWasNotReadIsNotQuiet() throws IOException {
        assertThat(wire.isQuiet()).isTrue();
        peer.write(ByteBuffer.wrap("421 bye\r\n".getBytes(US_ASCII)));
        assertThat(wire.isQuiet()).isFalse();
        wire.out().write('x');
        wire.out().flush();
        assertThat(heard(1)).as("it blocks again").isEqualTo("x");
    }

    @Test void whoHasHungUpIsNotQuietEither() throws IOException {
        peer.close();
        assertThat(wire.isQuiet()).isFalse();
    }

    @Test void aReadEndsAtTheDeadlineAndTheWireWithIt() {
        wire.deadline(Duration.ofMillis(20));
        // On a virtual thread, as in the server: it parks there in another way than on a platform thread.
        var read = CompletableFuture.supplyAsync(() -> {
            try {
                return String.valueOf(wire.in().read());
            } catch (IOException e) {
                return e.getClass().getSimpleName();
            }
        }, VIRTUAL);
        assertThat(read.join()).isEqualTo("SocketTimeoutException");
        wire.deadline(LONG);
        assertThatThrownBy(() -> wire.in().read()).isInstanceOf(SocketTimeoutException.class);
    }

    @Test void aBlockedWriteEndsAtTheDeadline() {
        wire.deadline(Duration.ofMillis(20));
        assertThatThrownBy(() -> {
            while (true) {
                wire.out().write(new byte[100_000]);
            }
        }).isInstanceOf(SocketTimeoutException.class);
    }

    @Test void aBlockedReadEndsWhenTheWireIsClosed() throws IOException {
        var read = CompletableFuture.supplyAsync(() -> {
            try {
                return wire.in().read();
            } catch (IOException e) {
                return -2;
            }
        }, VIRTUAL);
        wire.close();
        wire.close();
        assertThat(read.join()).isNegative();
        assertThat(heard(1)).isEmpty();
    }

    @Test void whatWasWrittenLeavesWhenItIsClosed() throws IOException {
        wire.out().write("QUIT\r\n".getBytes(US_ASCII));
        wire.close();
        assertThat(heard(10)).isEqualTo("QUIT\r\n");
    }

    @Test void aPathThatIsNoSocketIsAnError() {
        assertThatThrownBy(() -> UnixWire.connect(directory.resolve("none"), LONG, watch))
            .isInstanceOf(IOException.class).hasMessageContaining("No such file");
        assertThatThrownBy(() -> UnixWire.connect(Path.of("/" + "x".repeat(300)), LONG, watch))
            .isInstanceOf(IOException.class);
    }

    @Test void aServerThatAcceptsNobodyIsNotWaitedForLonger() throws IOException {
        var waiting = new ArrayList<UnixWire>();
        try {
            assertThatThrownBy(() -> {
                for (var i = 0; i < 10; i++) {   // the kernel keeps a few for the server
                    waiting.add(UnixWire.connect(directory.resolve("lmtp"), Duration.ofMillis(50), watch));
                }
            }).isInstanceOf(SocketTimeoutException.class);
        } finally {
            waiting.forEach(UnixWire::close);
        }
    }

    @Test void thereIsNoTls() {
        assertThatThrownBy(() -> wire.startTls()).isInstanceOf(SSLException.class);
    }
}
