package org.posthorn.server.delivery.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.protocols.client.ClientDeadlines;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.server.delivery.Job;
import org.posthorn.server.delivery.Outcome;
import org.posthorn.server.dns.ZoneDns;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.TestMessages;

/** The remote agent against servers on loopback ports. */
class RemoteAgentTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final List<FakeServer> servers = new ArrayList<>();
    private final ZoneDns zone = new ZoneDns();
    private final DeadlineWatch watch = new DeadlineWatch();
    private TlsMode tls = TlsMode.OPPORTUNISTIC;
    private int perTransaction = 100;
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

    private List<Outcome> deliver(String nextHop, String... users) throws IOException {
        var connection = new RemoteConfig.Connection(mxPort, tls, Optional.empty(), Duration.ofSeconds(5),
            ClientDeadlines.RFC_5321.atMost(Duration.ofSeconds(5)), 8);
        var config = new RemoteConfig("me.example", Optional.empty(), Map.of(), Set.of("me.example"), connection,
            perTransaction, 20);
        var agent = new RemoteAgent(config, new MxWalk(zone, config, new Random(1)),
            new SocketConnector(config, watch));
        var spool = new InMemorySpool(() -> NOW);
        spool.commit(Change.accept(TestMessages.message(spool, NOW, "Subject: x\r\n\r\nHello\r\n",
            new RecipientState.Routed(new Route("remote", nextHop), NOW, 0, ""), users)));
        try {
            return agent.deliver(Job.of(spool.takeDue(1, Duration.ZERO).getFirst()));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> words(List<Outcome> outcomes) {
        return outcomes.stream().map(outcome -> switch (outcome) {
            case Outcome.Delivered(var reply, _) -> "delivered " + reply;
            case Outcome.Deferred(var reply, _, var scope) -> "deferred " + scope + " " + reply;
            case Outcome.Failed(var reply, _) -> "failed " + reply;
        }).toList();
    }

    private static int closedPort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    @Test void eachRecipientGetsItsOwnOutcome() throws IOException {
        var server = server(line -> line.contains("bad@") ? "550 5.1.1 No bad"
            : line.contains("busy@") ? "450 Later" : "");
        var outcomes = deliver("127.0.0.1:" + server.port(), "good", "bad", "busy");
        assertThat(words(outcomes)).containsExactly("delivered 250 2.0.0 Taken", "failed 550 5.1.1 No bad",
            "deferred RECIPIENT 450 Later");
        assertThat(outcomes).allMatch(outcome -> outcome.host().equals("[127.0.0.1]:" + server.port()));
        assertThat(server.heard()).contains("EHLO me.example", "> Hello", "QUIT");
    }

    @Test void nobodyThereConcernsTheDestination() throws IOException {
        assertThat(words(deliver("127.0.0.1:" + closedPort(), "a"))).singleElement().asString()
            .startsWith("deferred DESTINATION 451 4.4.1").contains("127.0.0.1");
    }

    @ParameterizedTest
    @CsvSource({"421 Busy,deferred DESTINATION 421 Busy", "554 Go away,deferred DESTINATION 554 Go away",
        "521 No mail here,failed 521 No mail here", "close,deferred DESTINATION 451 4.4.2",
        "Hello,deferred DESTINATION 451 4.4.2"})
    void aGreetingThatIsNoneConcernsTheHost(String greeting, String outcome) throws IOException {
        var server = server(line -> line.isEmpty() ? greeting : "");
        assertThat(words(deliver("127.0.0.1:" + server.port(), "a"))).singleElement().asString().startsWith(outcome);
    }

    @Test void theNextHostIsAskedUntilOneSpeaks() throws IOException {
        var server = server(_ -> "");
        mxPort = server.port();
        zone.mx("d.example", 10, "dead.example").mx("d.example", 20, "live.example")
            .address("dead.example", "127.0.0.2").address("live.example", "127.0.0.1");
        assertThat(words(deliver("d.example", "a"))).containsExactly("delivered 250 2.0.0 Taken");
        assertThat(server.heard("(connected)")).isEqualTo(1);
    }

    @Test void aVerdictOnTheMessageIsNotTakenToTheNextHost() throws IOException {
        var server = server(line -> line.startsWith("MAIL") ? "451 4.7.1 Greylisted" : "");
        mxPort = server.port();
        zone.mx("d.example", 10, "one.example").mx("d.example", 20, "two.example")
            .address("one.example", "127.0.0.1").address("two.example", "127.0.0.1");
        assertThat(words(deliver("d.example", "a"))).containsExactly("deferred RECIPIENT 451 4.7.1 Greylisted");
        assertThat(server.heard("(connected)")).isEqualTo(1);
    }

    @Test void aHandshakeThatFailsIsFollowedByOneInTheClear() throws IOException {
        var server = server(line -> line.startsWith("EHLO") ? "250-fake\n250 STARTTLS"
            : line.equals("STARTTLS") ? "220 Go\n220 This is not TLS" : "");
        assertThat(words(deliver("127.0.0.1:" + server.port(), "a"))).containsExactly("delivered 250 2.0.0 Taken");
        assertThat(server.heard("STARTTLS")).isEqualTo(1);
        assertThat(server.heard("(connected)")).isEqualTo(2);
    }

    private FakeServer tlsServer() throws IOException, GeneralSecurityException {
        var server = new FakeServer(line -> line.startsWith("EHLO") ? "250-fake\n250 STARTTLS"
            : line.equals("STARTTLS") ? "220 Go" : "", Optional.of(TestTls.selfSigned()));
        servers.add(server);
        return server;
    }

    @Test void opportunisticTlsTakesAnyCertificate() throws IOException, GeneralSecurityException {
        var server = tlsServer();
        assertThat(words(deliver("127.0.0.1:" + server.port(), "a"))).containsExactly("delivered 250 2.0.0 Taken");
        assertThat(server.heard()).startsWith("(connected)", "EHLO me.example", "STARTTLS", "(secured)",
            "EHLO me.example", "MAIL FROM:<ann@example.org>");
    }

    @Test void requiredTlsWantsACertificateThatIsVouchedFor() throws IOException, GeneralSecurityException {
        var server = tlsServer();
        tls = TlsMode.REQUIRED;
        assertThat(words(deliver("127.0.0.1:" + server.port(), "a"))).singleElement().asString()
            .startsWith("deferred DESTINATION").contains("handshake");
        assertThat(server.heard("MAIL")).isZero();
    }

    @Test void requiredTlsIsNeverLeftOut() throws IOException {
        var server = server(_ -> "");
        tls = TlsMode.REQUIRED;
        assertThat(words(deliver("127.0.0.1:" + server.port(), "a"))).singleElement().asString()
            .startsWith("deferred DESTINATION").contains("TLS is required");
        assertThat(server.heard("MAIL")).isZero();
    }

    @Test void manyRecipientsGoInSeveralTransactionsOnOneConnection() throws IOException {
        var server = server(_ -> "");
        perTransaction = 2;
        assertThat(deliver("127.0.0.1:" + server.port(), "a", "b", "c", "d", "e")).hasSize(5)
            .allMatch(Outcome.Delivered.class::isInstance);
        assertThat(server.heard("MAIL")).isEqualTo(3);
        assertThat(server.heard("(connected)")).isEqualTo(1);
    }

    @Test void recipientsThatWereTooManyGoInTheNextTransaction() throws IOException {
        var taken = new AtomicInteger();
        var server = server(line -> {
            if (line.startsWith("MAIL")) {
                taken.set(0);
            }
            return line.startsWith("RCPT") && taken.incrementAndGet() > 2 ? "452 4.5.3 Too many" : "";
        });
        assertThat(deliver("127.0.0.1:" + server.port(), "a", "b", "c", "d", "e"))
            .allMatch(Outcome.Delivered.class::isInstance);
        assertThat(server.heard("MAIL")).isEqualTo(3);
    }

    @Test void aServerThatTakesNoneMoreIsNotAskedForEver() throws IOException {
        var server = server(line -> line.startsWith("RCPT") ? "452 4.5.3 Too many" : "");
        assertThat(words(deliver("127.0.0.1:" + server.port(), "a", "b"))).containsOnly(
            "deferred RECIPIENT 452 4.5.3 Too many");
        assertThat(server.heard("MAIL")).isEqualTo(1);
    }

    @Test void aConnectionLostBeforeTheirTurnDefersTheRest() throws IOException {
        var server = server(line -> line.equals(".") ? "421 4.3.2 Closing" : "");
        perTransaction = 1;
        assertThat(words(deliver("127.0.0.1:" + server.port(), "a", "b"))).satisfiesExactly(
            a -> assertThat(a).isEqualTo("deferred RECIPIENT 421 4.3.2 Closing"),
            b -> assertThat(b).startsWith("deferred RECIPIENT 451 4.4.2"));
    }

    @Test void aRouteThatNamesNothingFails() throws IOException {
        assertThat(words(deliver("not a domain", "a"))).singleElement().asString().startsWith("failed 550 5.1.2");
    }
}
