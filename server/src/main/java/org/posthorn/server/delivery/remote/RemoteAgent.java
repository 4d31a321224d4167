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
import org.posthorn.server.delivery.Job;
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
 */
@Singleton
public final class RemoteAgent implements Agent {

    private static final EventLog LOG = EventLog.of(RemoteAgent.class);

    private final RemoteConfig config;
    private final MxWalk walk;
    private final Connector connector;

    @Inject
    RemoteAgent(RemoteConfig config, MxWalk walk, Connector connector) {
        this.config = config;
        this.walk = walk;
        this.connector = connector;
    }

    @Override public String name() {
        return "remote";
    }

    /** All of its own but those to a mail store. */
    @Override public boolean takes(Route route) {
        return Agent.super.takes(route)
            && hop(route.nextHop()).map(config::resolve).filter(NextHop.Store.class::isInstance).isEmpty();
    }

    @Override public String destination(Route route) {
        return hop(route.nextHop()).map(hop -> config.resolve(hop).toString()).orElse(route.nextHop());
    }

    @Override public int concurrency() {
        return config.concurrency();
    }

    /** Empty for what is no next hop: found when it is delivered. */
    private static Optional<NextHop> hop(String text) {
        try {
            return Optional.of(NextHop.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override public List<Outcome> deliver(Job job) throws IOException {
        var groups = new LinkedHashMap<String, List<QueuedRecipient>>();
        for (var recipient : job.recipients()) {
            // A route without next hop means each recipient's own domain.
            var hop = job.route().nextHop().isEmpty() ? recipient.recipient().mailbox().domain()
                : job.route().nextHop();
            groups.computeIfAbsent(hop, _ -> new ArrayList<>()).add(recipient);
        }
        var outcomes = new HashMap<QueuedRecipient, Outcome>();
        for (var group : groups.entrySet()) {
            deliver(job, group.getKey(), group.getValue(), outcomes);
        }
        return job.recipients().stream().map(outcomes::get).toList();
    }

    private void deliver(Job job, String nextHop, List<QueuedRecipient> recipients,
                         Map<QueuedRecipient, Outcome> outcomes) throws IOException {
        var hop = hop(nextHop);
        if (hop.isEmpty()) {
            all(recipients, outcomes, new Outcome.Failed(
                Reply.of(550, "5.1.2", "'" + printable(nextHop) + "' is no domain that mail can be sent to"), ""));
            return;
        }
        switch (walk.to(config.resolve(hop.get()))) {
            case MxWalk.Way.Stop(var outcome) -> all(recipients, outcomes, outcome);
            case MxWalk.Way.Go(var targets) -> {
                var last = Optional.<Outcome>empty();
                for (var target : targets.subList(0, Math.min(targets.size(), config.connection().addresses()))) {
                    var trouble = attempt(new Attempt(job, target, recipients, outcomes), config.connection().tls());
                    if (trouble.isEmpty()) {
                        return;
                    }
                    LOG.mail(job.message().id()).debug("next-host", "host", target, "address",
                        target.address().getHostAddress(), "reply", trouble.get().reply());
                    last = Optional.of(worse(last, trouble.get()));
                }
                all(recipients, outcomes, last.orElseThrow());
            }
        }
    }

    /** A host that may come back outweighs one that never takes mail. */
    private static Outcome worse(Optional<Outcome> before, Outcome now) {
        return now instanceof Outcome.Failed && before.filter(o -> o instanceof Outcome.Deferred).isPresent()
            ? before.get() : now;
    }

    private static void all(List<QueuedRecipient> recipients, Map<QueuedRecipient, Outcome> outcomes,
                            Outcome outcome) {
        recipients.forEach(recipient -> outcomes.put(recipient, outcome));
    }

    private static String printable(String text) {
        return text.replaceAll("[^ -~]", "?");
    }

    /** One address and what is to be sent there. */
    private record Attempt(Job job, Target target, List<QueuedRecipient> recipients,
                           Map<QueuedRecipient, Outcome> outcomes) {
    }

    /** Empty when the host decided on the recipients; else why another one is to be asked. */
    private Optional<Outcome> attempt(Attempt attempt, TlsMode tls) throws IOException {
        var host = attempt.target.toString();
        var wire = connect(attempt.target);
        if (wire instanceof Connected.No(var trouble)) {
            return Optional.of(FailurePolicy.host(trouble, host));
        }
        var settings = new ClientSettings(config.hostname(), tls, config.connection().deadlines());
        try (var client = new SmtpClient(((Connected.Yes) wire).wire(), settings)) {
            var trouble = client.open();
            if (trouble.isEmpty()) {
                attempt.outcomes.putAll(new Transmission(client, host, config.recipients())
                    .send(attempt.job, attempt.recipients, Transmission.Naming.UNCHANGED).outcomes());
                client.quit();
                return Optional.empty();
            }
            client.quit();
            if (trouble.get().stage() != Trouble.Stage.STARTTLS || tls != TlsMode.OPPORTUNISTIC) {
                return Optional.of(FailurePolicy.host(trouble.get(), host));
            }
            LOG.mail(attempt.job.message().id()).info("tls-failed", "host", host, "why", trouble.get().why());
        }
        return attempt(attempt, TlsMode.NEVER);
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
