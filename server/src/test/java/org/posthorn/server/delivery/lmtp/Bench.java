package org.posthorn.server.delivery.lmtp;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.posthorn.protocols.client.ClientDeadlines;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.server.delivery.IdleConnections;
import org.posthorn.server.delivery.Job;
import org.posthorn.server.delivery.Outcome;
import org.posthorn.server.delivery.Reuse;
import org.posthorn.server.delivery.Timeouts;
import org.posthorn.server.delivery.remote.MxWalk;
import org.posthorn.server.delivery.remote.NextHops;
import org.posthorn.server.delivery.remote.RemoteConfig;
import org.posthorn.server.delivery.remote.Routes;
import org.posthorn.server.dns.ZoneDns;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.TestClock;
import org.posthorn.server.spool.TestMessages;
import org.posthorn.server.users.MemoryDirectory;

/** An LMTP agent with what it needs, and jobs for it. */
final class Bench implements AutoCloseable {

    static final Reuse REUSE = new Reuse(Duration.ofSeconds(10), 4, Duration.ofMinutes(5));

    final ZoneDns zone = new ZoneDns();
    final MemoryDirectory users = new MemoryDirectory();
    final TestClock clock = new TestClock();
    final IdleConnections idle;
    final LmtpAgent agent;
    final LmtpProber prober;
    private final DeadlineWatch watch = new DeadlineWatch();

    Bench(Reuse reuse, TlsMode tls, int perTransaction, Routes routes) {
        watch.start();
        var timeouts = new Timeouts(Duration.ofSeconds(5), ClientDeadlines.RFC_5321.atMost(Duration.ofSeconds(5)));
        var config = new LmtpConfig("me.example", perTransaction, 20, "+", reuse,
            new LmtpConfig.Connection(tls, timeouts));
        var remote = new RemoteConfig("me.example", routes, Set.of("me.example"),
            RemoteConfig.Connection.DEFAULT, 100, 20, Reuse.HOSTS);
        idle = new IdleConnections(clock::nanos);
        var connector = new StoreConnector(config, new MxWalk(zone, remote, new Random(1)), watch);
        agent = new LmtpAgent(config, new NextHops(remote), users, connector, idle);
        prober = new LmtpProber(remote, connector);
    }

    Bench() {
        this(REUSE, TlsMode.NEVER, 100, Routes.NONE);
    }

    /** One attempt for a message to these users of example.net. */
    List<String> deliver(Route route, String... recipients) throws IOException {
        return attempt(route, recipients).stream().map(Bench::word).toList();
    }

    /** The same; which host each outcome names. */
    List<String> hosts(Route route, String... recipients) throws IOException {
        return attempt(route, recipients).stream().map(Outcome::host).toList();
    }

    private List<Outcome> attempt(Route route, String... recipients) throws IOException {
        var spool = new InMemorySpool(clock);
        spool.commit(Change.accept(TestMessages.message(spool, clock.instant(), "Subject: x\r\n\r\nHello\r\n",
            new RecipientState.Routed(route, clock.instant(), 0, ""), recipients)));
        try {
            return agent.deliver(Job.of(spool.takeDue(1, Duration.ZERO).getFirst()));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String word(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Delivered(var reply, _, _, _) -> "delivered " + reply;
            case Outcome.Deferred(var reply, _, _, var scope) -> "deferred " + scope + " " + reply;
            case Outcome.Failed(var reply, _, _, _) -> "failed " + reply;
        };
    }

    @Override public void close() {
        idle.stop(Duration.ZERO);
        watch.stop();
    }
}
