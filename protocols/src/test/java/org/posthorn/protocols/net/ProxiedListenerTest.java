package org.posthorn.protocols.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.posthorn.protocols.net.ProxyHeaders.binary;
import static org.posthorn.protocols.net.ProxyHeaders.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.protocols.sasl.Mechanisms;
import org.posthorn.protocols.smtp.Peer;
import org.posthorn.protocols.smtp.RecordingSink;
import org.posthorn.protocols.smtp.ScriptedPolicy;
import org.posthorn.protocols.smtp.SessionObserver;
import org.posthorn.protocols.smtp.SessionPorts;
import org.posthorn.protocols.smtp.SessionSettings;
import org.posthorn.protocols.smtp.SmtpSession;

/** Clients that come by a proxy, over real sockets. The proxy is this machine. */
@Timeout(60)
class ProxiedListenerTest {

    private static final AddressSet LOOPBACK = InetAddress::isLoopbackAddress;
    private static final String FROM_7 = "PROXY TCP4 203.0.113.7 192.0.2.25 4711 25\r\n";

    private final DeadlineWatch watch = new DeadlineWatch();
    private final ScriptedPolicy policy = new ScriptedPolicy();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new ArrayList<>();
    private ConnectionLimits limits = new ConnectionLimits(100, 2);
    private Listener listener;

    @AfterEach void stop() throws IOException {
        for (var socket : sockets) {
            socket.close();
        }
        listener.stop(Duration.ZERO);
        watch.stop();
    }

    @Test void theClientIsTheOneThatTheProxyNames() throws IOException {
        start(new Encryption.None(), LOOPBACK);
        var in = connect(text(FROM_7));
        assertThat(in.readLine()).isEqualTo("220 mx.example.org ESMTP");
        var peer = policy.asked().getFirst();
        assertThat(peer.remote()).isEqualTo(new InetSocketAddress("203.0.113.7", 4711));
        assertThat(peer.local()).isEqualTo(new InetSocketAddress("192.0.2.25", 25));
        assertThat(peer.introduction()).isEqualTo(new Peer.Introduction(
            Optional.of((InetSocketAddress) sockets.getFirst().getLocalSocketAddress()), "", true));
    }

    @Test void theHeaderMayComeOctetByOctet() throws IOException {
        start(new Encryption.None(), LOOPBACK);
        var socket = new Socket(listener.localAddress().getAddress(), listener.localAddress().getPort());
        sockets.add(socket);
        socket.setTcpNoDelay(true);
        for (var octet : binary("21", "11", "cb007107 c0000219 1267 0019")) {
            socket.getOutputStream().write(octet);
            socket.getOutputStream().flush();
        }
        assertThat(new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1)).readLine())
            .startsWith("220");
        assertThat(policy.asked().getFirst().remote()).isEqualTo(new InetSocketAddress("203.0.113.7", 4711));
    }

    @Test void aListedProxyThatDoesNotSayItIsLeft() throws IOException {
        start(new Encryption.None(), LOOPBACK);
        assertThat(connect(text("EHLO client.example\r\n")).readLine()).isNull();
        assertThat(heard).containsExactly("proxy expected a PROXY header, found octet 69");
        assertThat(policy.asked()).isEmpty();
    }

    @Test void aHealthCheckIsTheProxyItself() throws IOException {
        start(new Encryption.None(), LOOPBACK);
        assertThat(connect(binary("20", "00", "")).readLine()).startsWith("220");
        assertThat(policy.asked().getFirst().remote().getAddress().isLoopbackAddress()).isTrue();
        assertThat(policy.asked().getFirst().introduction()).isEqualTo(Peer.Introduction.NONE);
    }

    @Test void whoTalksBeforeTheBannerIsOutOfStepBehindAProxyToo() throws IOException {
        start(new Encryption.None(), LOOPBACK);
        assertThat(connect(text(FROM_7 + "EHLO client.example\r\n")).readLine()).isEqualTo(
            "554 5.5.0 You sent on without waiting for the reply");
    }

    @Test void ofEverybodyElseAHeaderIsNotTaken() throws IOException {
        start(new Encryption.None(), AddressSet.none());
        var in = connect(new byte[0]);
        assertThat(in.readLine()).startsWith("220");
        sockets.getLast().getOutputStream().write(text(FROM_7));
        assertThat(in.readLine()).isEqualTo("500 5.5.2 Unknown command");
        sockets.getLast().getOutputStream().write(binary("21", "11", "cb007107 c0000219 1267 0019"));
        assertThat(in.readLine()).startsWith("500");
        assertThat(policy.asked()).allSatisfy(peer ->
            assertThat(peer.remote().getAddress().isLoopbackAddress()).isTrue());
    }

    @Test void limitsCountTheClients() throws IOException {
        start(new Encryption.None(), LOOPBACK);
        connect(text(FROM_7)).readLine();
        connect(text(FROM_7)).readLine();
        assertThat(connect(text(FROM_7)).readLine()).isEqualTo(
            "421 4.7.0 Too many connections from your address, try again later");
        assertThat(connect(text("PROXY TCP4 203.0.113.8 192.0.2.25 1 25\r\n")).readLine()).startsWith("220");
        assertThat(heard).containsExactly("refused /203.0.113.7:4711");
    }

    @Test void xclientMovesThePlaceToo() throws IOException {
        start(new Encryption.None(), AddressSet.none());
        for (var i = 0; i < 2; i++) {
            var in = connect(new byte[0]);
            in.readLine();
            sockets.getLast().getOutputStream().write(text("XCLIENT ADDR=203.0.113.7\r\n"));
            assertThat(in.readLine()).startsWith("220");
        }
        var third = connect(new byte[0]);
        assertThat(third.readLine()).as("the places of the spokesman are free again").startsWith("220");
        sockets.getLast().getOutputStream().write(text("XCLIENT ADDR=203.0.113.7\r\n"));
        assertThat(third.readLine()).isEqualTo("421 4.7.0 Too many connections from that client's address");
        assertThat(third.readLine()).isNull();
        assertThat(connect(new byte[0]).readLine()).startsWith("220");
    }

    @Test void theHeaderComesBeforeTls(@TempDir Path directory) throws Exception {
        var context = TestCertificate.server(directory);
        start(new Encryption.FromTheStart(ServerTls.of(() -> context)), LOOPBACK);
        connect(binary("21", "11", "cb007107 c0000219 1267 0019"));
        var secured = (SSLSocket) TestCertificate.client().getSocketFactory()
            .createSocket(sockets.getLast(), "mx.example.org", 25, true);
        secured.startHandshake();
        assertThat(new BufferedReader(new InputStreamReader(secured.getInputStream(), ISO_8859_1)).readLine())
            .isEqualTo("220 mx.example.org ESMTP");
        assertThat(policy.asked().getFirst().remote()).isEqualTo(new InetSocketAddress("203.0.113.7", 4711));
        assertThat(policy.asked().getFirst().tls()).isPresent();
    }

    @Test void placesAreGivenBackWhereTheyAre() {
        limits = new ConnectionLimits(2, 1);
        var place = ((ConnectionLimits.Admission.Admitted) limits.admitFromProxy()).token();
        var one = InetAddress.ofLiteral("203.0.113.1");
        var two = InetAddress.ofLiteral("203.0.113.2");
        assertThat(place.countFor(one)).isTrue();
        assertThat(place.countFor(one)).isTrue();
        assertThat(limits.admit(one)).isInstanceOf(ConnectionLimits.Admission.TooManyFromAddress.class);
        var other = ((ConnectionLimits.Admission.Admitted) limits.admit(two)).token();
        assertThat(limits.admitFromProxy()).isInstanceOf(ConnectionLimits.Admission.Full.class);
        assertThat(place.countFor(two)).isFalse();
        other.close();
        assertThat(place.countFor(two)).isTrue();
        place.close();
        place.close();
        assertThat(limits.taken()).isZero();
        assertThat(limits.admit(two)).isInstanceOf(ConnectionLimits.Admission.Admitted.class);
        listener = listener(new Encryption.None(), AddressSet.none());
    }

    private void start(Encryption encryption, AddressSet proxies) throws IOException {
        watch.start();
        listener = listener(encryption, proxies);
        listener.start();
    }

    private Listener listener(Encryption encryption, AddressSet proxies) {
        return new Listener(new ListenerSettings("test", "127.0.0.1", 0, encryption, proxies), limits,
            wire -> new SmtpSession("c1", wire, SessionSettings.smtp("mx.example.org").withSpokesmen(LOOPBACK),
                new SessionPorts(policy, new RecordingSink(), Mechanisms.none(), SessionObserver.none())), watch,
            new ListenerObserver() {
                @Override public void refused(InetSocketAddress remote, ConnectionLimits.Admission why) {
                    heard.add("refused " + remote);
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

    private BufferedReader connect(byte[] first) throws IOException {
        var socket = new Socket(listener.localAddress().getAddress(), listener.localAddress().getPort());
        sockets.add(socket);
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(first);
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
    }
}
