package org.posthorn.server.fetch;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.posthorn.protocols.client.ClientDeadlines;
import org.posthorn.protocols.client.QueueClient;
import org.posthorn.protocols.client.Trouble;
import org.posthorn.protocols.etrn.EtrnCommand;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.Service;
import org.posthorn.server.config.ServerConfig;
import org.posthorn.server.log.EventLog;

/**
 * Runs errands: asks the server, and after ATRN takes the mail in over the same connection. Each errand is run by the
 * thread that brings it. Thread-safe.
 */
@Singleton
public final class Fetcher implements Errands, Service {

    private static final EventLog LOG = EventLog.of(Fetcher.class);
    private static final int REVERSED = 250;
    private static final Report STOPPING = new Report.Failed("the server is stopping");

    private final ServerConfig server;
    private final Caller caller;
    private final Reception reception;
    private final Set<Under> under = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    /** An errand under way. */
    private static final class Under {
        private final Wire wire;
        private volatile Optional<Reception.Visit> visit = Optional.empty();

        Under(Wire wire) {
            this.wire = wire;
        }
    }

    @Inject Fetcher(ServerConfig server, DeadlineWatch watch, Reception reception) {
        this.server = server;
        this.caller = new Caller(watch);
        this.reception = reception;
    }

    @Override public void start() {
        // Errands come.
    }

    /** Lets messages that are on their way come in within the grace; what is cut off, its server keeps. */
    @Override public void stop(Duration grace) {
        stopping = true;
        var end = Deadline.in(grace.dividedBy(3));
        under.forEach(one -> one.visit.ifPresentOrElse(Reception.Visit::endSoon, one.wire::close));
        try {
            while (!under.isEmpty() && !end.isOver()) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        under.forEach(one -> one.wire.close());
    }

    @Override public Report run(Errand errand) {
        if (stopping) {
            return STOPPING;
        }
        try {
            var call = caller.call(errand.server(), errand.line(), Optional.of(server.hostname()),
                ClientDeadlines.RFC_5321);
            var mine = new Under(call.wire());
            under.add(mine);
            try (var client = call.client()) {
                // Whoever stops us sees it in the set, or we see that we stop.
                return stopping ? STOPPING : ask(errand, client, mine);
            } finally {
                under.remove(mine);
            }
        } catch (IOException e) {
            return new Report.Failed(errand.server() + " cannot be reached: " + e.getMessage());
        }
    }

    private Report ask(Errand errand, QueueClient client, Under mine) {
        var trouble = client.open()
            .or(() -> errand.login().flatMap(login -> client.logIn(login.user(), login.password())));
        if (trouble.isPresent()) {
            client.quit();
            return new Report.Failed(words(trouble.get()));
        }
        return switch (errand.way()) {
            case ETRN -> start(errand, client);
            case ATRN -> turn(errand, client, mine);
        };
    }

    private static String words(Trouble trouble) {
        return trouble.stage().toString().toLowerCase(Locale.ROOT) + ": " + trouble.why();
    }

    /** The first answer that is no success, or the last. */
    private static Report start(Errand errand, QueueClient client) {
        Report report = new Report.Failed("no node was named");
        for (var name : errand.names()) {
            report = switch (EtrnCommand.parse(name)) {
                case EtrnCommand.Faulty(var reply) -> new Report.Failed("'" + name + "' is no node: " + reply);
                case EtrnCommand.Start(var node) -> switch (client.start(node)) {
                    case QueueClient.Answer.Said(var reply) -> new Report.Answered(reply, 0);
                    case QueueClient.Answer.Nothing(var why) -> new Report.Failed("no answer to ETRN: " + why);
                };
            };
            if (!(report instanceof Report.Answered(var reply, _) && reply.isPositive())) {
                break;
            }
        }
        client.quit();
        return report;
    }

    private Report turn(Errand errand, QueueClient client, Under mine) {
        return switch (client.turn(errand.names())) {
            case QueueClient.Answer.Nothing(var why) -> new Report.Failed("no answer to ATRN: " + why);
            case QueueClient.Answer.Said(var reply) when reply.code() == REVERSED -> receive(errand, reply, mine);
            case QueueClient.Answer.Said(var reply) -> {
                client.quit();
                yield new Report.Answered(reply, 0);
            }
        };
    }

    private Report receive(Errand errand, Reply reply, Under mine) {
        var visit = reception.open(mine.wire);
        mine.visit = Optional.of(visit);
        if (stopping) {
            visit.endSoon();
        }
        LOG.debug("fetching", "server", errand.server());
        visit.run();
        return new Report.Answered(reply, visit.messages());
    }
}
