package org.posthorn.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.client.ClientDeadlines;
import org.posthorn.protocols.client.ClientSettings;
import org.posthorn.protocols.client.MailClient;
import org.posthorn.protocols.client.SmtpClient;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.protocols.net.SocketWire;
import org.posthorn.server.delivery.OpenConnection.Line;
import org.posthorn.server.spool.TestClock;

/** With SMTP clients here: connections of both kinds can be kept. */
class IdleConnectionsTest {

    private static final Line FAR = new Line("far", TlsMode.NEVER);

    private final TestClock clock = new TestClock();
    private final DeadlineWatch watch = new DeadlineWatch();
    private final IdleConnections idle = new IdleConnections(clock::nanos, 2);
    private final CountDownLatch goodbyes = new CountDownLatch(2);
    private ServerSocket server;

    @BeforeEach void start() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    @AfterEach void stop() throws IOException {
        idle.stop(Duration.ZERO);
        server.close();
    }

    private OpenConnection opened(SmtpClient client) {
        return idle.opened(FAR, client, new Reuse(Duration.ofSeconds(10), 100, Duration.ofMinutes(5)));
    }

    private Optional<MailClient> take(Line line) {
        return idle.take(line).map(OpenConnection::client);
    }

    private SmtpClient client() throws IOException {
        var socket = new Socket(server.getInetAddress(), server.getLocalPort());
        var accepted = server.accept();
        Thread.ofVirtual().start(() -> serve(accepted));
        var client = new SmtpClient(SocketWire.client(socket, (SSLSocketFactory) SSLSocketFactory.getDefault(),
            new SSLParameters(), "far.example", watch),
            new ClientSettings("me.example", TlsMode.NEVER, ClientDeadlines.RFC_5321.atMost(Duration.ofSeconds(5))));
        assertThat(client.open()).isEmpty();
        return client;
    }

    private void serve(Socket socket) {
        try (socket) {
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            for (var line = "220"; line != null; line = in.readLine()) {
                socket.getOutputStream().write((line.equals("220") ? "220 hi\r\n" : "250 ok\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
                if (line.equals("QUIT")) {
                    goodbyes.countDown();
                }
            }
        } catch (IOException e) {
            // The client has closed.
        }
    }

    @Test void theLatestIsTakenFirstAndEachOnce() throws IOException {
        var one = client();
        var two = client();
        idle.keep(opened(one));
        idle.keep(opened(two));
        assertThat(take(new Line("elsewhere", TlsMode.NEVER))).isEmpty();
        assertThat(take(FAR)).containsSame(two);
        assertThat(take(FAR)).containsSame(one);
        assertThat(take(FAR)).isEmpty();
        one.quit();
        two.quit();
    }

    @Test void thoseWhoseTimeIsOverAreClosedWithAGoodbye() throws Exception {
        var one = client();
        idle.keep(opened(one));
        clock.pass(Duration.ofSeconds(9));
        var two = client();
        idle.keep(opened(two));
        idle.closeOverdue();
        assertThat(List.of(one, two)).allMatch(SmtpClient::isUsable);
        clock.pass(Duration.ofSeconds(9));
        idle.closeOverdue();
        assertThat(take(FAR)).containsSame(two);
        two.quit();
        assertThat(goodbyes.await(5, TimeUnit.SECONDS)).as("both heard QUIT").isTrue();
    }

    @Test void oneThatIsBrokenIsNotKept() throws IOException {
        var client = client();
        client.close();
        idle.keep(opened(client));
        assertThat(take(FAR)).isEmpty();
    }

    @Test void noMoreAreKeptThanThereIsRoomFor() throws Exception {
        var all = List.of(client(), client(), client());
        all.forEach(client -> idle.keep(opened(client)));
        assertThat(take(FAR)).containsSame(all.get(1));
        assertThat(take(FAR)).containsSame(all.get(0));
        assertThat(take(FAR)).isEmpty();
        idle.keep(opened(all.get(0)));
        idle.keep(opened(all.get(1)));
        idle.stop(Duration.ZERO);
        assertThat(all).as("each was closed in the end").noneMatch(SmtpClient::isUsable);
        assertThat(goodbyes.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test void anotherTlsIsAnotherLine() throws IOException {
        idle.keep(opened(client()));
        for (var tls : List.of(TlsMode.OPPORTUNISTIC, TlsMode.REQUIRED)) {
            assertThat(take(new Line("far", tls))).isEmpty();
        }
        assertThat(take(FAR)).isPresent();
    }
}
