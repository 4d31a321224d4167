package org.posthorn.server.delivery.remote;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.posthorn.protocols.client.ClientSettings;
import org.posthorn.protocols.client.SmtpClient;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.protocols.client.Trouble;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.delivery.Agent;
import org.posthorn.server.delivery.FailurePolicy;
import org.posthorn.server.delivery.IdleConnections;
import org.posthorn.server.delivery.Job;
import org.posthorn.server.delivery.OpenConnection;
import org.posthorn.server.delivery.OpenConnection.Line;
import org.posthorn.server.delivery.Outcome;
import org.posthorn.server.delivery.Transmission;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.Route;

/**
 * Delivers to other hosts by SMTP: looks up where, connects to one address after the other until one speaks with us,
 * and sends all recipients of the job there, a hundred per transaction.
 *
 * <p>{@link FailurePolicy} says what each trouble means. STARTTLS is used where it is offered; after a handshake that
 * failed the same address is tried once more in the clear, unless TLS is required.
 *
 * <p>Connections are kept and used again for the same host, address and port, where a new one would be opened in the
 * same way. One that has died meanwhile is replaced by a new one to the same address, without counting a failure; but
 * never once a text was sent, for then the host may have it.
 */
@Singleton
public final class RemoteAgent implements Agent {

    private static final EventLog LOG = EventLog.of(RemoteAgent.class);

    private final RemoteConfig config;
    private final NextHops hops;
    private final MxWalk walk;
    private final Connector connector;
    private final IdleConnections idle;

    @Inject
    RemoteAgent(RemoteConfig config, NextHops hops, MxWalk walk, Connector connector, IdleConnections idle) {
        this.config = config;
        this.hops = hops;
        this.walk = walk;
        this.connector = connector;
        this.idle = idle;
    }

    @Override public String name() {
        return "remote";
    }

    /** All of its own but those to a mail store. */
    @Override public boolean takes(Route route) {
        return Agent.super.takes(route)
            && hops.of(route.nextHop()).hop().filter(NextHop.Store.class::isInstance).isEmpty();
    }

    @Override public String destination(Route route) {
        return hops.of(route.nextHop()).name();
    }

    @Override public int concurrency() {
        return config.concurrency();
    }

    /** What is to be sent, and what came of it so far. Used by one thread. */
    private static final class Load {
        private final Job job;
        private final Map<Integer, Outcome> outcomes = new HashMap<>();
        /** Those that no host has decided on. */
        private List<QueuedRecipient> left = List.of();

        Load(Job job) {
            this.job = job;
        }

        void settle(Outcome outcome) {
            for (var recipient : left) {
                outcomes.put(recipient.number(), outcome);
            }
        }
    }

    @Override public List<Outcome> deliver(Job job) throws IOException {
        var load = new Load(job);
        var nextHop = job.route().nextHop();
        if (nextHop.isEmpty()) {
            for (var group : byDomain(job.recipients()).entrySet()) {
                load.left = group.getValue();
                deliver(load, group.getKey());
            }
        } else {
            load.left = job.recipients();
            deliver(load, nextHop);
        }
        var outcomes = new ArrayList<Outcome>(job.recipients().size());
        for (var recipient : job.recipients()) {
            outcomes.add(load.outcomes.get(recipient.number()));
        }
        return outcomes;
    }

    /** A route without next hop means each recipient's own domain. */
    private static Map<String, List<QueuedRecipient>> byDomain(List<QueuedRecipient> recipients) {
        var groups = new LinkedHashMap<String, List<QueuedRecipient>>();
        for (var recipient : recipients) {
            groups.computeIfAbsent(recipient.recipient().mailbox().domain(), _ -> new ArrayList<>()).add(recipient);
        }
        return groups;
    }

    private void deliver(Load load, String nextHop) throws IOException {
        var hop = hops.of(nextHop).hop();
        if (hop.isEmpty()) {
            load.settle(new Outcome.Failed(
                Reply.of(550, "5.1.2", "'" + printable(nextHop) + "' is no domain that mail can be sent to"), ""));
            return;
        }
        switch (walk.to(hop.get())) {
            case MxWalk.Way.Stop(var outcome) -> load.settle(outcome);
            case MxWalk.Way.Go(var targets) -> {
                var last = Optional.<Outcome>empty();
                for (var target : targets.subList(0, Math.min(targets.size(), config.connection().addresses()))) {
                    var trouble = attempt(load, target, config.connection().tls());
                    if (trouble.isEmpty()) {
                        return;
                    }
                    LOG.mail(load.job.message().id()).debug("next-host", "host", target, "address",
                        target.address().getHostAddress(), "reply", trouble.get().reply());
                    last = Optional.of(worse(last, trouble.get()));
                }
                load.settle(last.orElseThrow());
            }
        }
    }

    /** A host that may come back outweighs one that never takes mail. */
    private static Outcome worse(Optional<Outcome> before, Outcome now) {
        return now instanceof Outcome.Failed && before.filter(o -> o instanceof Outcome.Deferred).isPresent()
            ? before.get() : now;
    }

    private static String printable(String text) {
        return text.replaceAll("[^ -~]", "?");
    }

    /** Empty when the host decided on the recipients; else why another one is to be asked. */
    private Optional<Outcome> attempt(Load load, Target target, TlsMode tls) throws IOException {
        var line = new Line(target, tls);
        var kept = idle.take(line);
        if (kept.isPresent()) {
            send(load, kept.get(), target);
            if (load.left.isEmpty()) {
                return Optional.empty();
            }
            LOG.mail(load.job.message().id()).debug("connection-lost", "host", target, "recipients",
                load.left.size());
        }
        return attemptAnew(load, target, line);
    }

    private Optional<Outcome> attemptAnew(Load load, Target target, Line line) throws IOException {
        var wire = connect(target);
        if (wire instanceof Connected.No(var trouble)) {
            return Optional.of(FailurePolicy.host(trouble, target.toString()));
        }
        var client = new SmtpClient(((Connected.Yes) wire).wire(),
            new ClientSettings(config.hostname(), line.tls(), config.connection().deadlines()));
        var trouble = client.open();
        if (trouble.isEmpty()) {
            send(load, idle.opened(line, client, config.reuse()), target);
            return Optional.empty();
        }
        client.quit();
        if (trouble.get().stage() != Trouble.Stage.STARTTLS || line.tls() != TlsMode.OPPORTUNISTIC) {
            return Optional.of(FailurePolicy.host(trouble.get(), target.toString()));
        }
        LOG.mail(load.job.message().id()).info("tls-failed", "host", target, "why", trouble.get().why());
        return attempt(load, target, TlsMode.NEVER);
    }

    /** Sends, and leaves those of whose message nothing was sent. */
    private void send(Load load, OpenConnection connection, Target target) throws IOException {
        try {
            load.left = new Transmission(connection.client(), target.toString(), config.recipients())
                .send(load.job, load.left, Transmission.Naming.UNCHANGED, load.outcomes);
        } finally {
            idle.keep(connection);
        }
    }

    private sealed interface Connected {
        record Yes(Wire wire) implements Connected {
        }

        record No(Trouble trouble) implements Connected {
        }
    }

    private Connected connect(Target target) {
        try {
            return new Connected.Yes(connector.connect(target));
        } catch (IOException e) {
            var why = e.getMessage() == null ? e.toString() : e.getMessage();
            return new Connected.No(new Trouble(Trouble.Stage.CONNECT, Optional.empty(),
                target + " [" + target.address().getHostAddress() + "]: " + why));
        }
    }
}
