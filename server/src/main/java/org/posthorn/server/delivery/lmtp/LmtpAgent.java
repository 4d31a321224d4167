package org.posthorn.server.delivery.lmtp;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.posthorn.mailets.port.LmtpTarget;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.database.DatabaseException;
import org.posthorn.server.delivery.Agent;
import org.posthorn.server.delivery.IdleConnections;
import org.posthorn.server.delivery.Job;
import org.posthorn.server.delivery.OpenConnection;
import org.posthorn.server.delivery.OpenConnection.Line;
import org.posthorn.server.delivery.Outcome;
import org.posthorn.server.delivery.Reuse;
import org.posthorn.server.delivery.Transmission;
import org.posthorn.server.delivery.remote.NextHop;
import org.posthorn.server.delivery.remote.NextHops;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.Route;
import org.posthorn.server.users.Directory;

/**
 * Delivers to mail stores by LMTP (RFC 2033): those that a mailet names, and those that a route of delivery.xml gives
 * to a domain. Each recipient has its own outcome; when the connection ends after some replies, only the others are
 * tried again.
 *
 * <p>Connections are kept and used again. One that has died meanwhile is replaced by another, without counting a
 * failure; but never once a text was sent, for then the store may have it.
 *
 * <p>The store knows a user of ours by the mailbox's name only: {@code postmaster@} is sent to whoever that is, and a
 * subaddress is written with the store's delimiter.
 */
@Singleton
public final class LmtpAgent implements Agent {

    private static final EventLog LOG = EventLog.of(LmtpAgent.class);

    private final LmtpConfig config;
    private final NextHops hops;
    private final Directory users;
    private final StoreConnector connector;
    private final IdleConnections idle;

    @Inject
    LmtpAgent(LmtpConfig config, NextHops hops, Directory users, StoreConnector connector, IdleConnections idle) {
        this.config = config;
        this.hops = hops;
        this.users = users;
        this.connector = connector;
        this.idle = idle;
    }

    @Override public String name() {
        return "lmtp";
    }

    @Override public boolean takes(Route route) {
        return route.agent().equals(name()) || route.agent().equals("remote") && target(route).isPresent();
    }

    /** The store, whichever way it was named. */
    @Override public String destination(Route route) {
        return target(route).map(LmtpTarget::toString).orElse(route.nextHop());
    }

    @Override public int concurrency() {
        return config.concurrency();
    }

    /** Empty when the route names no store. */
    private Optional<LmtpTarget> target(Route route) {
        var own = route.agent().equals(name());
        return hops.of(own ? NextHop.LMTP + route.nextHop() : route.nextHop()).store();
    }

    @Override public List<Outcome> deliver(Job job) throws IOException {
        var outcomes = new HashMap<Integer, Outcome>();
        var target = target(job.route());
        if (target.isEmpty()) {
            all(job.recipients(), outcomes, later("4.3.5", "'" + job.route().nextHop()
                + "' is no mail store; expected HOST:PORT or unix:PATH"));
        } else {
            try {
                deliver(job, target.get(), names(job.recipients()), outcomes);
            } catch (DatabaseException e) {
                LOG.mail(job.message().id()).warn("lookup-failed", "why", e.getMessage());
                all(job.recipients(), outcomes, later("4.3.0", "The users cannot be looked up now"));
            }
        }
        var inOrder = new ArrayList<Outcome>(job.recipients().size());
        for (var recipient : job.recipients()) {
            inOrder.add(outcomes.get(recipient.number()));
        }
        return inOrder;
    }

    private void deliver(Job job, LmtpTarget target, Transmission.Naming names, Map<Integer, Outcome> outcomes)
        throws IOException {
        var left = job.recipients();
        var line = new Line(target, connector.tls(target));
        var kept = idle.take(line);
        if (kept.isPresent()) {
            left = send(job, left, new Open(kept.get(), target, names), outcomes);
            if (left.isEmpty()) {
                return;
            }
            LOG.mail(job.message().id()).debug("connection-lost", "host", target, "recipients", left.size());
        }
        switch (connector.open(target)) {
            case StoreConnector.Opened.Yes(var client, var tls) -> {
                // In the clear after a handshake that failed: the next message tries to shake hands again.
                var reuse = tls == line.tls() ? config.reuse() : Reuse.NONE;
                send(job, left, new Open(idle.opened(line, client, reuse), target, names), outcomes);
            }
            case StoreConnector.Opened.No(var why) -> all(left, outcomes, why);
        }
    }

    /** A connection that can be sent by. */
    private record Open(OpenConnection connection, LmtpTarget target, Transmission.Naming names) {
    }

    /** Sends, and gives back those of whose message nothing was sent. */
    private List<QueuedRecipient> send(Job job, List<QueuedRecipient> recipients, Open open,
                                       Map<Integer, Outcome> outcomes) throws IOException {
        try {
            return new Transmission(open.connection.client(), open.target.host(), config.recipients())
                .send(job, recipients, open.names, outcomes);
        } finally {
            idle.keep(open.connection);
        }
    }

    /** What the store calls the recipients. All are looked up before anything is sent. */
    private Transmission.Naming names(List<QueuedRecipient> recipients) {
        var names = new HashMap<Integer, Recipient>();
        for (var recipient : recipients) {
            names.put(recipient.number(), inStore(recipient.recipient()));
        }
        return recipient -> names.get(recipient.number());
    }

    private Recipient inStore(Recipient recipient) {
        return users.mailbox(recipient.mailbox()).map(found -> {
            var detail = found.detail().isEmpty() || config.detail().isEmpty() ? ""
                : config.detail() + found.detail();
            return recipient.to(new Mailbox(found.user().localPart() + detail, found.user().domain()));
        }).orElse(recipient);
    }

    private static Outcome later(String status, String why) {
        return new Outcome.Deferred(Reply.of(451, status, why), "", Outcome.Scope.RECIPIENT);
    }

    private static void all(List<QueuedRecipient> recipients, Map<Integer, Outcome> outcomes, Outcome outcome) {
        for (var recipient : recipients) {
            outcomes.put(recipient.number(), outcome);
        }
    }
}
