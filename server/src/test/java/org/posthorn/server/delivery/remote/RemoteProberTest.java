package org.posthorn.server.delivery.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.client.ClientDeadlines;
import org.posthorn.protocols.client.EightBit;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.server.delivery.Prober.Finding;
import org.posthorn.server.delivery.Reuse;
import org.posthorn.server.delivery.tls.FakeSecureDns;
import org.posthorn.server.delivery.tls.Handshakes;
import org.posthorn.server.delivery.tls.TestRoom;
import org.posthorn.server.dns.ZoneDns;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.TestClock;

/** Questions about recipients to servers on loopback ports that answer as they are told. */
@Timeout(60)
class RemoteProberTest {

    private static final Mailbox ZOE = new Mailbox("zoe", "far.example");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final AtomicLong nanos = new AtomicLong();
    private final List<FakeServer> servers = new ArrayList<>();
    private final ZoneDns zone = new ZoneDns();
    private final DeadlineWatch watch = new DeadlineWatch();
    private int mxPort = 25;

    @BeforeEach void start() {
        watch.start();
    }

    @AfterEach void close() throws IOException {
        watch.stop();
        for (var server : servers) {
            server.close();
        }
    }

    private FakeServer server(UnaryOperator<String> answers) throws IOException {
        var server = new FakeServer(answers);
        servers.add(server);
        return server;
    }

    private RemoteConfig config(Optional<String> route) {
        var connection = new RemoteConfig.Connection(mxPort, TlsMode.OPPORTUNISTIC, Optional.empty(),
            Duration.ofSeconds(5), ClientDeadlines.RFC_5321, EightBit.CONVERT, 8, MINUTE);
        var routes = route.map(to -> TestRoutes.to("far.example", to)).orElse(Routes.NONE);
        return new RemoteConfig("me.example", routes, Set.of("me.example"), connection, 100, 20,
            Reuse.HOSTS);
    }

    private Finding ask(Optional<String> route, Mailbox recipient, Duration within) {
        var config = config(route);
        return new RemoteProber(config, new MxWalk(zone, config, new Random(1)),
            protection(),
            new Dialer(config, new SocketConnector(config, watch), TestRoom.empty().handshakes()))
            .ask(recipient, Deadline.in(within));
    }

    private Protection protection() {
        return new Protection(TestRoom.empty().policies(zone, new FakeSecureDns(), new TestClock()),
            TestRoom.empty().reports(zone, new InMemorySpool(), new TestClock()));
    }

    private Finding ask(FakeServer server) {
        return ask(Optional.of("127.0.0.1:" + server.port()), ZOE, Duration.ofSeconds(20));
    }

    @Test void aHandshakeAtOnceLastsNoLongerThanTheQuestionMay() throws IOException {
        var connection = new RemoteConfig.Connection(25, TlsMode.OPPORTUNISTIC, Optional.empty(), MINUTE,
            ClientDeadlines.RFC_5321.atMost(Duration.ofSeconds(10)), EightBit.CONVERT, 8, MINUTE);
        var began = System.nanoTime();
        try (var silent = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
            var target = new Target("127.0.0.1", silent.getInetAddress(), silent.getLocalPort());
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> new SocketConnector(connection, watch)
                .connect(target, Handshakes.usual(TlsMode.NEVER, "127.0.0.1").sooner(),
                    Deadline.in(Duration.ofMillis(200)))).withMessageContaining("TLS");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
    }

    @Test void noMessageIsSent() throws IOException {
        var server = server(_ -> "");
        assertThat(ask(server)).isInstanceOf(Finding.Taken.class);
        assertThat(server.heard()).containsExactly("(connected)", "EHLO me.example", "MAIL FROM:<>",
            "RCPT TO:<zoe@far.example>", "RSET", "QUIT");
    }

    @ParameterizedTest @CsvSource({
        "RCPT, 550 5.1.1 Who?, Refused", "RCPT, 551 5.1.6 Moved, Refused", "RCPT, 553 5.1.3 No, Refused",
        "RCPT, 450 4.2.0 Greylisted, Unanswered", "RCPT, 421 4.3.2 Later, Unanswered", "RCPT, close, Unanswered",
        "RCPT, 354 What, Unanswered", "RCPT, nonsense, Unanswered", "RCPT, 251 2.1.5 Will forward, Taken",
        "MAIL, 550 5.7.1 No null senders here, Unanswered", "MAIL, 451 4.3.0 Later, Unanswered",
        "EHLO, 421 4.3.2 Later, Unanswered", "'', 554 5.7.1 Go away, Unanswered", "'', close, Unanswered",
        "RSET, 500 5.5.1 What, Taken", "RSET, close, Taken", "QUIT, close, Taken"})
    void onlyAWordAboutTheRecipientCounts(String command, String answer, String finding) throws IOException {
        var server = server(line -> line.split("[ :]", 2)[0].equals(command) ? answer : "");
        var found = ask(server);
        assertThat(found.getClass().getSimpleName()).as(found.toString()).isEqualTo(finding);
        assertThat(server.heard("DATA")).isZero();
        if (found instanceof Finding.Refused(_, var why)) {
            assertThat(why).endsWith(" said: " + answer);
        }
    }

    /** It would ask itself in turn. */
    @Test void anExchangerThatHasOurNameIsNotAsked() throws IOException {
        var server = server(line -> line.startsWith("EHLO") ? "250 me.example" : "");
        mxPort = server.port();
        zone.mx("far.example", 10, "mx.far.example").mx("far.example", 20, "worse.far.example")
            .address("mx.far.example", "127.0.0.1").address("worse.far.example", "127.0.0.1");
        assertThat(ask(Optional.empty(), ZOE, Duration.ofSeconds(20))).isInstanceOf(Finding.Unanswered.class);
        assertThat(server.heard("MAIL")).isZero();
        assertThat(server.heard("(connected)")).as("none that is not better").isEqualTo(1);
    }

    @Test void theNextExchangerIsAskedWhenOneIsNotThere() throws IOException {
        var server = server(line -> line.startsWith("RCPT") ? "550 5.1.1 Who?" : "");
        mxPort = server.port();
        zone.mx("far.example", 10, "gone.far.example").mx("far.example", 20, "mx.far.example")
            .address("gone.far.example", "127.0.0.9").address("mx.far.example", "127.0.0.1");
        assertThat(ask(Optional.empty(), ZOE, Duration.ofSeconds(20))).isInstanceOf(Finding.Refused.class);
    }

    @Test void aDomainWithoutAWayIsNoRefusal() {
        zone.mx("far.example", 0, "");
        assertThat(ask(Optional.empty(), ZOE, Duration.ofSeconds(20))).isInstanceOf(Finding.Unanswered.class);
        assertThat(ask(Optional.empty(), new Mailbox("zoe", "none.example"), Duration.ofSeconds(20)))
            .isInstanceOf(Finding.Unanswered.class);
    }

    /** Asks eight addresses, the time that passes counted and not waited for. */
    private Finding askSlow(Connector connector) {
        zone.mx("far.example", 10, "mx.far.example");
        for (var i = 1; i <= 8; i++) {
            zone.address("mx.far.example", "127.0.0." + i);
        }
        var config = config(Optional.empty());
        return new RemoteProber(config, new MxWalk(zone, config, new Random(1)), protection(),
            new Dialer(config, connector, TestRoom.empty().handshakes())).ask(ZOE, Deadline.in(MINUTE, nanos::get));
    }

    @ParameterizedTest @CsvSource({"0, 0, Unanswered", "1, 0, Unanswered", "2, 0, Unanswered", "3, 0, Unanswered",
        "4, 0, Taken", "6, 7, Unanswered", "6, 2, Unanswered", "3, 1, Unanswered"})
    void allAddressesAndAllAnswersHaveOneTime(int replies, int secondsPerOctet, String finding) {
        var wires = new ArrayList<SlowWire>();
        var found = askSlow((_, _, until) -> {
            wires.add(new SlowWire(nanos, Duration.ofSeconds(secondsPerOctet), replies));
            return until.over(wires.getLast());
        });
        assertThat(found.getClass().getSimpleName()).as(found.toString()).isEqualTo(finding);
        assertThat(Duration.ofNanos(nanos.get())).isEqualTo(MINUTE);
        assertThat(wires).hasSize(1).allMatch(SlowWire::isClosed);
    }

    @Test void connectingIsPartOfIt() {
        var connects = new ArrayList<Duration>();
        var found = askSlow((target, _, until) -> {
            connects.add(until.orSooner(Duration.ofSeconds(25)));
            nanos.addAndGet(connects.getLast().toNanos());
            throw new SocketTimeoutException(target + " is silent");
        });
        assertThat(found).isInstanceOf(Finding.Unanswered.class);
        assertThat(connects).containsExactly(Duration.ofSeconds(25), Duration.ofSeconds(25), Duration.ofSeconds(10));
    }

    @Test void whenTheTimeIsOverNothingIsOpened() throws IOException {
        var server = server(_ -> "");
        var target = new Target("localhost", InetAddress.ofLiteral("127.0.0.1"), server.port());
        var connector = new SocketConnector(config(Optional.empty()), watch);
        assertThatExceptionOfType(SocketTimeoutException.class)
            .isThrownBy(() -> connector.connect(target,
                Handshakes.usual(TlsMode.NEVER, "localhost"), Deadline.in(Duration.ZERO)));
        assertThat(server.heard()).isEmpty();
    }

    @Test void aSocketsReadEndsWithIt() throws IOException {
        try (var silent = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
            var target = new Target("localhost", InetAddress.ofLiteral("127.0.0.1"), silent.getLocalPort());
            var until = Deadline.in(MINUTE, nanos::get);
            var connector = new SocketConnector(config(Optional.empty()), watch);
            try (var wire = connector.connect(target, Handshakes.usual(TlsMode.NEVER, "localhost"), until)) {
                nanos.addAndGet(MINUTE.toNanos());
                wire.deadline(Duration.ofDays(1));
                assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> wire.in().read());
            }
        }
    }

    @Test void anAddressInUtf8NeedsAServerThatKnowsIt() throws IOException {
        var joerg = new Mailbox("j\u00f6rg", "far.example");
        var old = server(_ -> "");
        assertThat(ask(Optional.of("127.0.0.1:" + old.port()), joerg, Duration.ofSeconds(20)))
            .isInstanceOf(Finding.Refused.class);
        assertThat(old.heard("MAIL")).isZero();
        var modern = server(line -> line.startsWith("EHLO") ? "250-fake\n250 SMTPUTF8" : "");
        assertThat(ask(Optional.of("127.0.0.1:" + modern.port()), joerg, Duration.ofSeconds(20)))
            .isInstanceOf(Finding.Taken.class);
        assertThat(modern.heard()).contains("MAIL FROM:<> SMTPUTF8", "RCPT TO:<j\u00f6rg@far.example>");
    }
}
