package org.posthorn.server.listen;

import jakarta.inject.Inject;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.posthorn.protocols.atrn.OdmrSession;
import org.posthorn.protocols.lmtp.LmtpSession;
import org.posthorn.protocols.net.Session;
import org.posthorn.protocols.net.SessionFactory;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.sasl.Mechanisms;
import org.posthorn.protocols.smtp.Extension;
import org.posthorn.protocols.smtp.SessionEvent;
import org.posthorn.protocols.smtp.SessionPorts;
import org.posthorn.protocols.smtp.SessionSettings;
import org.posthorn.protocols.smtp.SmtpSession;
import org.posthorn.server.config.ServerConfig;
import org.posthorn.server.intake.Intake;
import org.posthorn.server.policy.Policies;

/** Puts one session together: the policy it asks, the intake it gives to, the users it knows. */
final class Sessions {

    private static final int ID_RADIX = 36;

    private final ServerConfig server;
    private final SessionLimits limits;
    private final Policies policies;
    private final Intake intake;
    private final Mechanisms mechanisms;
    private final QueuePorts queues;
    private final SessionLog log = new SessionLog();
    private final AtomicLong connections = new AtomicLong();

    @Inject Sessions(ServerConfig server, ListenersConfig config, Policies policies, Intake intake,
                     Mechanisms mechanisms, QueuePorts queues) {
        this.server = server;
        this.limits = config.limits();
        this.policies = policies;
        this.intake = intake;
        this.mechanisms = mechanisms;
        this.queues = queues;
    }

    /** What makes the sessions of one listener. */
    SessionFactory of(ListenerConfig door) {
        var settings = settings(door);
        var known = door.auth() == ListenerConfig.Auth.NONE ? Mechanisms.none()
            : door.protocol() == ListenerConfig.Protocol.ODMR ? queues.mechanisms().all() : mechanisms;
        return wire -> {
            var id = nextId();
            var policy = policies.open();
            var ports = new SessionPorts(policy, intake.open(policy, door.replies()), known, queues.flush(),
                queues.turn(), log);
            return switch (door.protocol()) {
                case SMTP -> new SmtpSession(id, wire, settings, ports);
                case LMTP -> new LmtpSession(id, wire, settings, ports);
                case ODMR -> new OdmrSession(id, wire, settings, ports);
            };
        };
    }

    /**
     * A session over a connection that we opened and that its server has turned round (RFC 2645 section 5.3). What is
     * there before our 220 is never mail.
     *
     * @param events what happens in it, after the log
     */
    Session turned(Wire wire, Consumer<SessionEvent> events) {
        var policy = policies.open();
        var settings = SessionSettings.smtp(server.hostname()).withListener("atrn")
            .without(Extension.STARTTLS, Extension.AUTH, Extension.ETRN, Extension.XCLIENT)
            .withTolerance(new SessionSettings.Tolerance(true, limits.tolerance().unixText()))
            .withLimits(limits.session().withSessionCounts(Integer.MAX_VALUE, limits.session().errors(),
                limits.session().idleCommands(), limits.session().authFailures()));
        return new SmtpSession(nextId(), wire, settings, new SessionPorts(policy,
            intake.open(policy), Mechanisms.none(), (peer, event) -> {
                log.observe(peer, event);
                events.accept(event);
            }));
    }

    private String nextId() {
        return "c" + Long.toString(connections.incrementAndGet(), ID_RADIX);
    }

    private SessionSettings settings(ListenerConfig door) {
        var access = door.auth() == ListenerConfig.Auth.REQUIRED
            ? SessionSettings.Access.SUBMISSION : SessionSettings.Access.OPEN;
        Set<Extension> extensions = EnumSet.complementOf(EnumSet.of(Extension.ATRN));   // ODMR sessions add it
        if (door.tls() == ListenerConfig.Tls.NONE) {
            extensions.remove(Extension.STARTTLS);
        }
        if (door.auth() == ListenerConfig.Auth.NONE) {
            extensions.remove(Extension.AUTH);
        }
        if (!door.etrn()) {
            extensions.remove(Extension.ETRN);
        }
        if (door.spokesmen().xclients().isEmpty()) {
            extensions.remove(Extension.XCLIENT);   // all sessions share the settings then
        }
        return SessionSettings.smtp(server.hostname()).withListener(door.name()).withAccess(access)
            .withExtensions(extensions).withTolerance(limits.tolerance())
            .withLimits(limits.session()).withSpokesmen(door.spokesmen().xclientSet()).withTerms(limits.terms());
    }
}
