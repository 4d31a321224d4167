package org.posthorn.server.delivery.remote;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.posthorn.protocols.client.ClientDeadlines;
import org.posthorn.protocols.client.EightBit;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.server.delivery.IdleConnections;
import org.posthorn.server.delivery.Job;
import org.posthorn.server.delivery.Outcome;
import org.posthorn.server.delivery.Reuse;
import org.posthorn.server.delivery.tls.FakeSecureDns;
import org.posthorn.server.delivery.tls.TestRoom;
import org.posthorn.server.dns.ZoneDns;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.Origin;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.TestClock;
import org.posthorn.server.spool.TestMessages;

/** A remote agent with what it needs, servers for it, and jobs. Each delivery is by the settings of that moment. */
final class RemoteBench implements AutoCloseable {

    final ZoneDns zone = new ZoneDns();
    final TestClock clock = new TestClock();
    final IdleConnections idle = new IdleConnections(clock::nanos);
    String hostname = "me.example";
    TlsMode tls = TlsMode.OPPORTUNISTIC;
    int perTransaction = 100;
    int mxPort = 25;
    Duration search = Duration.ofMinutes(1);
    Routes routes = Routes.NONE;
    Reuse reuse = Reuse.HOSTS;
    FakeSecureDns signed = new FakeSecureDns();
    TestRoom tlsRoom = TestRoom.empty();
    MailParameters parameters = MailParameters.NONE;
    String text = "Subject: x\r\n\r\nHello\r\n";
    private final List<FakeServer> servers = new ArrayList<>();
    private final DeadlineWatch watch = new DeadlineWatch();

    RemoteBench() {
        watch.start();
    }

    FakeServer server(UnaryOperator<String> answers) throws IOException {
        return server(answers, Optional.empty());
    }

    FakeServer server(UnaryOperator<String> answers, Optional<SSLContext> secured) throws IOException {
        var server = new FakeServer(answers, secured);
        servers.add(server);
        return server;
    }

    FakeServer implicit(UnaryOperator<String> answers, SSLContext secured) throws IOException {
        var server = FakeServer.implicit(answers, secured);
        servers.add(server);
        return server;
    }

    /** One attempt for a message to these users of example.net. */
    List<Outcome> attempt(String nextHop, String... users) throws IOException {
        var connection = new RemoteConfig.Connection(mxPort, tls, Optional.empty(), Duration.ofSeconds(5),
            ClientDeadlines.RFC_5321.atMost(Duration.ofSeconds(5)), EightBit.CONVERT, 8, search);
        var config = new RemoteConfig(hostname, routes, Set.of(hostname), connection, perTransaction, 20, reuse);
        var agent = new RemoteAgent(config, new NextHops(config), new MxWalk(zone, config, new Random(1)),
            new Protection(tlsRoom.policies(zone, signed, clock),
                tlsRoom.reports(zone, new InMemorySpool(clock), clock)),
            new Dialer(config, new SocketConnector(config, watch), tlsRoom.handshakes()), idle);
        var spool = new InMemorySpool(clock);
        var message = TestMessages.message(spool, clock.instant(), text,
            new RecipientState.Routed(new Route("remote", nextHop), clock.instant(), 0, ""), users);
        var origin = message.origin();
        spool.commit(Change.accept(new NewMessage(message.id(), new Origin(origin.sender(), parameters,
            origin.received(), origin.listener(), origin.remoteAddress(), origin.helo(), origin.user()),
            message.variants(), message.recipients(), message.history())));
        try {
            return agent.deliver(Job.of(spool.takeDue(1, Duration.ZERO).getFirst()));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The same in words. */
    List<String> deliver(String nextHop, String... users) throws IOException {
        return words(attempt(nextHop, users));
    }

    static List<String> words(List<Outcome> outcomes) {
        return outcomes.stream().map(outcome -> switch (outcome) {
            case Outcome.Delivered(var reply, _, _, _) -> "delivered " + reply;
            case Outcome.Deferred(var reply, _, _, var scope) -> "deferred " + scope + " " + reply;
            case Outcome.Failed(var reply, _, _, _) -> "failed " + reply;
        }).toList();
    }

    /** No server of its own answers any more when it returns, and no connection stands. */
    @Override public void close() throws IOException {
        idle.stop(Duration.ZERO);
        watch.stop();
        for (var server : servers) {
            server.close();
        }
    }
}
