package org.posthorn.server.delivery.remote;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.posthorn.protocols.client.MailClient;
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

    /**
     * An attempt with one address.
     *
     * @param basis of the call's terms
     */
    private record Visit(Load load, Relay relay, Call call, Basis basis) {

        Target target() {
            return call.target();
        }

        Visit inTheClear() {
            return new Visit(load, relay, call.inTheClear(), basis);
        }

        EventLog log() {
            return LOG.mail(load.job.message().id());
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
        load.cameToUs = false;
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
                    if (load.cameToUs) {
                        // What a better one said counts, if it may come back. What follows is no better than we.
                        last = last.filter(Outcome.Deferred.class::isInstance).or(() -> trouble);
                        break;
                    }
                    last = Optional.of(worse(last, trouble.get()));
                }
            }
        }
        return relay.isOurChoice() ? last.map(RemoteAgent::ourMistake) : last;
    }

    /** Not without the protection that is wanted: empty when the host decided on the recipients; else why not. */
    private Optional<Outcome> attempt(Load load, Relay relay, Target target) throws IOException {
        return switch (protection.plan(relay, target, load.letter)) {
            case Plan.Go(var terms, var basis) ->
                attempt(new Visit(load, relay, new Call(target, relay.access(), terms), basis));
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
    private Optional<Outcome> attempt(Visit visit) throws IOException {
        var load = visit.load;
        var line = new Line(visit.call, visit.call.starttls());
        var kept = idle.take(line);
        if (kept.isPresent()) {
            if (cameToUs(visit, kept.get().client())) {
                idle.keep(kept.get());      // a route may lead there
                return Optional.of(maybeCircle(visit));
            }
            var refused = send(load, kept.get(), visit.call);
            if (refused.isPresent() || load.left.isEmpty()) {
                return refused;
            }
            visit.log().debug("connection-lost", "host", visit.target(), "recipients", load.left.size());
        }
        return switch (dialer.dial(visit.call, Deadline.none())) {
            case Dialer.Dialed.Yes(var client, _, _) when cameToUs(visit, client) -> {
                client.quit();
                yield Optional.of(maybeCircle(visit));
            }
            case Dialer.Dialed.Yes yes -> {
                if (!visit.call.terms().isClear()) {
                    protection.opened(visit.basis, visit.target(), yes, load.letter);
                }
                yield send(load, idle.opened(line, yes.client(), config.reuse()), visit.call);
            }
            case Dialer.Dialed.No no -> {
                protection.failed(visit.basis, visit.target(), no, load.letter);
                yield failed(visit, no);
            }
        };
    }

    private boolean cameToUs(Visit visit, MailClient client) {
        var us = config.seemsSelf(visit.relay, client.serverName());
        if (us) {
            visit.load.cameToUs = true;
            visit.log().warn("came-to-ourselves", "host", visit.target(), "address",
                visit.target().address().getHostAddress(), "then", "name it in <self>, or, if it is another server"
                + " with our name, route the domain to [" + visit.target().host() + "]");
        }
        return us;
    }

    /** A name proves nothing, so it is no reason to bounce. */
    private static Outcome maybeCircle(Visit visit) {
        return new Outcome.Deferred(Reply.of(451, "4.4.6", "Mail for " + visit.relay.hop() + " would come back to us,"
            + " so it seems: its mail exchanger " + visit.target().host() + " has the name of this server"), "",
            Outcome.Scope.DESTINATION);
    }

    private Optional<Outcome> failed(Visit visit, Dialer.Dialed.No no) throws IOException {
        var trouble = no.trouble();
        var target = visit.target();
        if (trouble.stage() != Trouble.Stage.STARTTLS) {
            return Optional.of(FailurePolicy.host(trouble, target.toString()));
        }
        if (visit.call.terms().mayFallBack()) {
            visit.log().warn("tls-failed", "host", target, "then", "in the clear", "why", trouble.why());
            return attempt(visit.inTheClear());
        }
        visit.log().warn("tls-unmet", "domain", visit.basis.domain(), "host", target, "why", trouble.why());
        visit.load.unmet = true;
        // RFC 8689 section 4.2.1: a host that has no TLS will not have it later.
        return Optional.of(visit.load.letter.isSecret() && !no.offersTls() ? unprotected(target)
            : FailurePolicy.host(trouble, target.toString()));
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
