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
import java.util.Set;
import org.posthorn.protocols.client.Trouble;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.delivery.Agent;
import org.posthorn.server.delivery.FailurePolicy;
import org.posthorn.server.delivery.IdleConnections;
import org.posthorn.server.delivery.Job;
import org.posthorn.server.delivery.OpenConnection;
import org.posthorn.server.delivery.OpenConnection.Line;
import org.posthorn.server.delivery.Outcome;
import org.posthorn.server.delivery.Transmission;
import org.posthorn.server.delivery.tls.Basis;
import org.posthorn.server.delivery.tls.Plan;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.Spool;

/**
 * Delivers to other hosts by SMTP: finds the relays, looks up where they are, connects to one address after the other
 * until one speaks with us, and sends all recipients of the job there, a hundred per transaction.
 *
 * <p>{@link FailurePolicy} says what each trouble means, {@link Protection} on which terms of TLS a host may have the
 * mail. Where these allow it, a handshake that failed is followed by the clear, with the same address.
 *
 * <p>Connections are kept and used again for the same host, address and port, where a new one would be opened in the
 * same way. One that has died meanwhile is replaced by a new one to the same address, without counting a failure; but
 * never once a text was sent, for then the host may have it.
 */
@Singleton
public final class RemoteAgent implements Agent {

    private static final EventLog LOG = EventLog.of(RemoteAgent.class);
    private static final int LEAST_ADDRESSES = 2;

    private final RemoteConfig config;
    private final NextHops hops;
    private final MxWalk walk;
    private final Protection protection;
    private final Dialer dialer;
    private final IdleConnections idle;

    @Inject
    RemoteAgent(RemoteConfig config, NextHops hops, MxWalk walk, Protection protection, Dialer dialer,
                IdleConnections idle) {
        this.config = config;
        this.hops = hops;
        this.walk = walk;
        this.protection = protection;
        this.dialer = dialer;
        this.idle = idle;
    }

    @Override public String name() {
        return "remote";
    }

    /** All of its own but those to a mail store. */
    @Override public boolean takes(Route route) {
        return Agent.super.takes(route) && hops.of(route.nextHop()).store().isEmpty();
    }

    @Override public String destination(Route route) {
        return hops.of(route.nextHop()).name();
    }

    @Override public String destination(Job job) {
        return hops.of(job.route().nextHop(), job.sender()).name();
    }

    @Override public String destination(Spool.Waiting waiting) {
        return hops.of(waiting.route().nextHop(), waiting.sender()).name();
    }

    @Override public Set<String> destinations(Route route) {
        return hops.all(route.nextHop());
    }

    @Override public int concurrency() {
        return config.concurrency();
    }

    /** What is to be sent, and what came of it so far. Used by one thread. */
    private static final class Load {
        private final Job job;
        private final Letter letter;
        private final Map<Integer, Outcome> outcomes = new HashMap<>();
        private final Deadline search;
        private int tried;
        /** Whether a host may not have it, or not as it is spoken to. */
        private boolean unmet;
        /** Whether an exchanger was this server. */
        private boolean cameToUs;
        /** Those that no host has decided on. */
        private List<QueuedRecipient> left = List.of();

        Load(Job job, Deadline search) {
            this.job = job;
            this.letter = new Letter(job);
            this.search = search;
        }

        /** How those of them left that were delivered. */
        void left(List<QueuedRecipient> sent, String how) {
            for (var recipient : sent) {
                outcomes.computeIfPresent(recipient.number(), (_, outcome) ->
                    outcome instanceof Outcome.Delivered delivered ? delivered.by(how) : outcome);
            }
        }

        /** Why the host takes nothing from us as we came, if it said so for all of them. */
        Optional<Outcome> unwelcome(List<QueuedRecipient> sent) {
            var all = sent.stream().map(recipient -> outcomes.get(recipient.number())).distinct().toList();
            return all.size() == 1 && all.getFirst() instanceof Outcome.Deferred deferred
                && deferred.scope() == Outcome.Scope.HOST ? Optional.of(deferred) : Optional.empty();
        }

        /** RFC 5321 section 5.1: two at least. */
        boolean mayTryAnother() {
            return tried < LEAST_ADDRESSES || !search.isOver();
        }

        /** REQUIRETLS asks for more than others do: that a host does not do for it says nothing of their mail. */
        void settle(Outcome outcome) {
            var own = letter.isSecret() && outcome instanceof Outcome.Deferred deferred
                ? deferred.concerning(Outcome.Scope.RECIPIENT) : outcome;
            for (var recipient : left) {
                outcomes.put(recipient.number(), own);
            }
        }
    }

    @Override public List<Outcome> deliver(Job job) throws IOException {
        var load = new Load(job, Deadline.in(config.connection().search()));
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
        var relays = hops.of(nextHop, load.job.sender()).relays();
        if (relays.isEmpty()) {
            load.settle(new Outcome.Failed(
                Reply.of(550, "5.1.2", "'" + printable(nextHop) + "' is no domain that mail can be sent to"), ""));
            return;
        }
        var last = Optional.<Outcome>empty();
        load.tried = 0;
        load.unmet = false;
        load.cameToUs = false;
        for (var relay : relays) {
            // An address of each, however long the search took: only so the next smart host is ever asked.
            var unreached = through(load, relay);
            if (unreached.isEmpty()) {
                return;
            }
            last = Optional.of(worse(last, unreached.get()));
            if (unreached.get() instanceof Outcome.Failed || load.unmet && !relay.isOurChoice()) {
                // The domain takes no mail, or not without a protection that its fallback relay knows nothing of.
                break;
            }
        }
        load.settle(last.orElseThrow());
    }

    /** Empty when a host of the relay decided on the recipients; else why none did. */
    private Optional<Outcome> through(Load load, Relay relay) throws IOException {
        var last = Optional.<Outcome>empty();
        switch (relay.way(walk)) {
            case MxWalk.Way.Stop(var outcome) -> last = Optional.of(outcome);
            case MxWalk.Way.Go(var targets) -> {
                for (var target : targets.subList(0, Math.min(targets.size(), config.connection().addresses()))) {
                    if (last.isPresent() && !load.mayTryAnother()) {
                        break;
                    }
                    load.tried++;
                    var trouble = attempt(load, relay, target);
                    if (trouble.isEmpty()) {
                        return trouble;
                    }
                    LOG.mail(load.job.message().id()).debug("next-host", "host", target, "address",
                        target.address().getHostAddress(), "reply", trouble.get().reply());
                    last = Optional.of(worse(last, trouble.get()));
                    if (load.cameToUs) {
                        break;      // what follows is no better than we are
                    }
                }
            }
        }
        return relay.isOurChoice() ? last.map(RemoteAgent::ourMistake) : last;
    }

    /** Not without the protection that is wanted: empty when the host decided on the recipients; else why not. */
    private Optional<Outcome> attempt(Load load, Relay relay, Target target) throws IOException {
        return switch (protection.plan(relay, target, load.letter)) {
            case Plan.Go(var terms, var basis) ->
                attempt(load, relay, new Call(target, relay.access(), terms), basis);
            case Plan.Not not -> {
                LOG.mail(load.job.message().id()).warn("tls-unmet", "domain", not.basis().domain(), "host", target,
                    "why", not.outcome().reply());
                protection.refused(not, target, load.letter);
                load.unmet = true;
                yield Optional.of(not.outcome());
            }
        };
    }

    /**
     * A host that we chose and that takes no mail, is not there, or does not take it from us: ours is temporary, and
     * concerns all mail. That it does not do what a message's sender asked for is no mistake.
     */
    private static Outcome ourMistake(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Failed(var reply, var host, _, var scope) when scope == Outcome.Scope.DESTINATION ->
                new Outcome.Deferred(Reply.of(451, "4.3.5", "The way that is configured leads nowhere: " + reply),
                    host, Outcome.By.US, scope);
            case Outcome.Deferred deferred when deferred.scope() == Outcome.Scope.HOST ->
                deferred.concerning(Outcome.Scope.DESTINATION);
            case Outcome.Failed _, Outcome.Deferred _, Outcome.Delivered _ -> outcome;
        };
    }

    /** A host that may come back outweighs one that never takes mail; and one that spoke, all that did not. */
    private static Outcome worse(Optional<Outcome> before, Outcome now) {
        return before.filter(earlier -> earlier instanceof Outcome.Deferred deferred
            && (now instanceof Outcome.Failed || deferred.scope() == Outcome.Scope.HOST)).orElse(now);
    }

    private static String printable(String text) {
        return text.replaceAll("[^ -~]", "?");
    }

    /** Empty when the host decided on the recipients; else why another one is to be asked. */
    private Optional<Outcome> attempt(Load load, Relay relay, Call call, Basis basis) throws IOException {
        var line = new Line(call, call.starttls());
        var kept = idle.take(line);
        if (kept.isPresent()) {
            var refused = send(load, kept.get(), call);
            if (refused.isPresent() || load.left.isEmpty()) {
                return refused;
            }
            LOG.mail(load.job.message().id()).debug("connection-lost", "host", call.target(), "recipients",
                load.left.size());
        }
        return switch (dialer.dial(call, Deadline.none())) {
            case Dialer.Dialed.Yes yes -> {
                if (!call.terms().isClear()) {
                    protection.opened(basis, call.target(), yes, load.letter);
                }
                if (config.isSelf(relay, yes.client().serverName())) {
                    yes.client().quit();
                    load.cameToUs = true;
                    LOG.mail(load.job.message().id()).warn("came-to-ourselves", "host", call.target(), "address",
                        call.target().address().getHostAddress(), "then", "name it in <self>");
                    yield Optional.of(MxWalk.circle(relay.hop().toString()));
                }
                yield send(load, idle.opened(line, yes.client(), config.reuse()), call);
            }
            case Dialer.Dialed.No no -> {
                protection.failed(basis, call.target(), no, load.letter);
                yield failed(load, relay, call, basis, no);
            }
        };
    }

    private Optional<Outcome> failed(Load load, Relay relay, Call call, Basis basis, Dialer.Dialed.No no)
        throws IOException {
        var trouble = no.trouble();
        var log = LOG.mail(load.job.message().id());
        if (trouble.stage() != Trouble.Stage.STARTTLS) {
            return Optional.of(FailurePolicy.host(trouble, call.target().toString()));
        }
        if (call.terms().mayFallBack()) {
            log.warn("tls-failed", "host", call.target(), "then", "in the clear", "why", trouble.why());
            return attempt(load, relay, call.inTheClear(), basis);
        }
        log.warn("tls-unmet", "domain", basis.domain(), "host", call.target(), "why", trouble.why());
        load.unmet = true;
        // RFC 8689 section 4.2.1: a host that has no TLS will not have it later.
        return Optional.of(load.letter.isSecret() && !no.offersTls() ? unprotected(call.target())
            : FailurePolicy.host(trouble, call.target().toString()));
    }

    private static Outcome unprotected(Target target) {
        return new Outcome.Failed(Reply.of(550, "5.7.30", "REQUIRETLS was asked for, and " + target
            + " does not offer it"), "");
    }

    /**
     * Sends, and leaves those of whose message nothing was sent.
     *
     * @return why the host may not have it, or not from us as we came; empty where it decided
     */
    private Optional<Outcome> send(Load load, OpenConnection connection, Call call) throws IOException {
        try {
            if (load.letter.isSecret() && !connection.client().offers("REQUIRETLS")) {
                return Optional.of(unprotected(call.target()));
            }
            var tried = load.left;
            load.left = new Transmission(connection.client(), call.target().toString(), config.recipients())
                .send(load.job, tried, Transmission.Naming.UNCHANGED, load.outcomes);
            var unwelcome = load.unwelcome(tried);
            if (unwelcome.isPresent()) {
                LOG.mail(load.job.message().id()).warn("unwelcome", "host", call.target(), "why",
                    unwelcome.get().reply());
                load.left = tried;
                return unwelcome;
            }
            load.left(tried, call.terms().how(connection.client().tls()));
            return Optional.empty();
        } finally {
            idle.keep(connection);
        }
    }
}
