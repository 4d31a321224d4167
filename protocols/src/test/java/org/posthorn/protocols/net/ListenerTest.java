package org.posthorn.protocols.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.protocols.sasl.Mechanisms;
import org.posthorn.protocols.smtp.RecordingSink;
import org.posthorn.protocols.smtp.ScriptedPolicy;
import org.posthorn.protocols.smtp.SessionObserver;
import org.posthorn.protocols.smtp.SessionPorts;
import org.posthorn.protocols.smtp.SessionSettings;
import org.posthorn.protocols.smtp.SmtpSession;

/** Real sockets, real sessions. */
@Timeout(60)
class ListenerTest {

    private final DeadlineWatch watch = new DeadlineWatch();
    private final RecordingSink sink = new RecordingSink();
    private final AtomicInteger ids = new AtomicInteger();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private Listener listener;

    @BeforeEach void start() throws IOException {
        watch.start();
        listener = listener(new Encryption.None(), new ConnectionLimits(100, 100), this::session);
        listener.start();
    }

    @AfterEach void stop() {
        clients.forEach(Client::close);
        listener.stop(Duration.ZERO);
        watch.stop();
    }

    @Test void manyConversationsAreHeldAtOnce() throws IOException {
        for (var i = 0; i < 20; i++) {
            connect();
        }
        for (var client : clients) {
            assertThat(client.hear()).isEqualTo("220 mx.example.org ESMTP");
        }
        for (var client : clients) {
            assertThat(client.ask("HELO c")).isEqualTo("250 mx.example.org");
        }
        assertThat(listener.connections()).isEqualTo(20);
        for (var client : clients) {
            assertThat(client.ask("QUIT")).isEqualTo("221 2.0.0 Bye");
            assertThat(client.hear()).isEqualTo("(closed)");
        }
    }

    @Test void connectionsOverALimitAreToldAndThePlaceIsGivenBack() throws IOException {
        var limits = new ConnectionLimits(2, 100);
        restart(new Encryption.None(), limits, this::session);
        var first = connect();
        first.hear();
        connect().hear();
        var third = connect();
        assertThat(third.hear()).isEqualTo("421 4.3.2 Too many connections, try again later");
        assertThat(third.hear()).isEqualTo("(closed)");
        first.ask("QUIT");
        first.hear();
        while (limits.taken() > 1) {
            Thread.onSpinWait();
        }
        assertThat(connect().hear()).startsWith("220");
        assertThat(heard).containsExactly("refused Full[]");
    }

    @Test void oneAddressMayHaveOnlySoMany() throws IOException {
        restart(new Encryption.None(), new ConnectionLimits(100, 1), this::session);
        connect().hear();
        assertThat(connect().hear()).isEqualTo("421 4.7.0 Too many connections from your address, try again later");
    }

    @Test void anIdleSessionEndsAtOnce() throws Exception {
        var client = connect();
        client.hear();
        client.ask("HELO c");
        assertThat(listener.stop(Duration.ofSeconds(30))).isZero();
        assertThat(client.hear()).isEqualTo("421 4.3.2 The server is stopping, try again soon");
        assertThat(client.hear()).isEqualTo("(closed)");
        assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
    }

    @Test void aMessageUnderWayMayEnd() throws Exception {
        var client = connect();
        client.hear();
        client.ask("HELO c");
        client.ask("MAIL FROM:<>");
        client.ask("RCPT TO:<bob@example.org>");
        client.ask("DATA");
        var stopped = CompletableFuture.supplyAsync(() -> listener.stop(Duration.ofSeconds(30)));
        // No new connection: then the sessions have been asked to end, or are about to be.
        while (isListening()) {
            Thread.onSpinWait();
        }
        assertThat(client.ask("text\r\n.")).isEqualTo("250 2.0.0 kept");
        assertThat(client.hear()).isEqualTo("421 4.3.2 The server is stopping, try again soon");
        assertThat(stopped.get()).isZero();
        assertThat(sink.kept()).hasSize(1);
    }

    @Test void aSessionThatDoesNotEndIsForced() throws Exception {
        var begun = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        restart(new Encryption.None(), new ConnectionLimits(9, 9), wire -> new Session() {
            @Override public void run() {
                begun.countDown();
                try {
                    wire.in().read();
                } catch (IOException e) {
                    ended.countDown();
                }
            }

            @Override public void endSoon() {
                heard.add("asked to end");
            }
        });
        connect();
        begun.await();
        assertThat(listener.stop(Duration.ofMillis(200))).isEqualTo(1);
        ended.await();
        assertThat(heard).containsExactly("asked to end");
    }

    @Test void aSessionThatThrowsHurtsNobodyElse() throws IOException {
        restart(new Encryption.None(), new ConnectionLimits(9, 9), wire -> {
            if (ids.getAndIncrement() == 0) {
                throw new IllegalStateException("broken");
            }
            return session(wire);
        });
        assertThat(connect().hear()).isEqualTo("(closed)");
        assertThat(connect().hear()).startsWith("220");
        awaitHeard();
        assertThat(heard).containsExactly("broke broken");
    }

    @Test void anAddressInUseIsSaid() {
        var second = new Listener(new ListenerSettings("second", "127.0.0.1", listener.localAddress().getPort(),
            new Encryption.None()), new ConnectionLimits(9, 9), this::session, watch, ListenerObserver.none());
        assertThatThrownBy(second::start).isInstanceOf(IOException.class)
            .hasMessageContaining("cannot listen on 127.0.0.1:" + listener.localAddress().getPort() + ": ")
            .hasMessageEndingWith(" (is another program there?)");
        assertThatThrownBy(second::localAddress).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new ListenerSettings("x", "localhost", 25, new Encryption.None()))
            .hasMessageContaining("found 'localhost'");
    }

    @Test void tlsComesWhenAskedForOrFirst(@TempDir Path directory) throws Exception {
        var context = TestCertificate.server(directory);
        restart(new Encryption.OnRequest(ServerTls.of(() -> context)), new ConnectionLimits(9, 9), this::session);
        var asking = connect();
        asking.hear();
        assertThat(asking.ask("STARTTLS")).isEqualTo("220 2.0.0 Ready to start TLS");
        asking.secure();
        assertThat(asking.ask("MAIL FROM:<>")).as("nothing is known any more").startsWith("503");
        assertThat(asking.ask("HELO c")).isEqualTo("250 mx.example.org");
        restart(new Encryption.FromTheStart(ServerTls.of(() -> context)), new ConnectionLimits(9, 9), this::session);
        var first = connect();
        first.secure();
        assertThat(first.hear()).isEqualTo("220 mx.example.org ESMTP");
        assertThat(first.ask("STARTTLS")).startsWith("503");
        var plain = connect();
        plain.say("EHLO c");
        plain.hear();
        awaitHeard();
        assertThat(heard).singleElement().asString().startsWith("failed");
    }

    @Test void ipv6AddressesCountByTheirNetwork() throws IOException {
        var limits = new ConnectionLimits(9, 1);
        limits.admit(InetAddress.ofLiteral("2001:db8::1"));
        assertThat(limits.admit(InetAddress.ofLiteral("2001:db8::2")))
            .isInstanceOf(ConnectionLimits.Admission.TooManyFromAddress.class);
        assertThat(limits.admit(InetAddress.ofLiteral("2001:db8:0:1::1")))
            .isInstanceOfSatisfying(ConnectionLimits.Admission.Admitted.class, admitted -> {
                admitted.token().close();
                admitted.token().close();
            });
        assertThat(limits.taken()).isEqualTo(1);
    }

    /** The observer hears of it after the client does. */
    private void awaitHeard() {
        while (heard.isEmpty()) {
            Thread.onSpinWait();
        }
    }

    private boolean isListening() {
        try (var probe = new Socket()) {
            probe.connect(listener.localAddress(), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Session session(Wire wire) {
        return new SmtpSession("c" + ids.incrementAndGet(), wire, SessionSettings.smtp("mx.example.org"),
            new SessionPorts(new ScriptedPolicy(), sink, Mechanisms.none(), SessionObserver.none()));
    }

    private void restart(Encryption encryption, ConnectionLimits limits, SessionFactory sessions) throws IOException {
        listener.stop(Duration.ZERO);
        listener = listener(encryption, limits, sessions);
        listener.start();
    }

    private Listener listener(Encryption encryption, ConnectionLimits limits, SessionFactory sessions) {
        return new Listener(new ListenerSettings("test", "127.0.0.1", 0, encryption), limits, sessions, watch,
            new ListenerObserver() {
                @Override public void refused(InetSocketAddress remote, ConnectionLimits.Admission why) {
                    heard.add("refused " + why);
                }

                @Override public void acceptFailed(IOException cause) {
                    heard.add("accept " + cause.getMessage());
                }

                @Override public void connectionFailed(InetSocketAddress remote, IOException cause) {
                    heard.add("failed " + cause.getMessage());
                }

                @Override public void proxyRefused(InetSocketAddress proxy, String why) {
                    heard.add("proxy " + why);
                }

                @Override public void sessionBroke(InetSocketAddress remote, RuntimeException cause) {
                    heard.add("broke " + cause.getMessage());
                }
            });
    }

    private Client connect() throws IOException {
        var client = new Client(new Socket(listener.localAddress().getAddress(), listener.localAddress().getPort()));
        clients.add(client);
        return client;
    }

    private static final class Client {

        private Socket socket;
        private BufferedReader in;

        private Client(Socket socket) throws IOException {
            use(socket);
        }

        private void use(Socket other) throws IOException {
            socket = other;
            socket.setSoTimeout(20_000);
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        }

        private void secure() throws Exception {
            var secured = (SSLSocket) TestCertificate.client().getSocketFactory()
                .createSocket(socket, "mx.example.org", 25, true);
            secured.startHandshake();
            use(secured);
        }

        private void say(String line) throws IOException {
            socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }

        private String hear() throws IOException {
            var line = in.readLine();
            return line == null ? "(closed)" : line;
        }

        private String ask(String line) throws IOException {
            say(line);
            return hear();
        }

        private void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
