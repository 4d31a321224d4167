package org.posthorn.protocols.smtp;

import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.atrn.QueueTurn;
import org.posthorn.protocols.etrn.EtrnNode;
import org.posthorn.protocols.etrn.QueueFlush;
import org.posthorn.protocols.wire.Reply;

/** The ports as the session asks them: a port that breaks is a fault of ours, reported, and 4yz to the client. */
final class GuardedPorts {

    private final SessionPorts ports;
    private final SessionSettings settings;

    GuardedPorts(SessionPorts ports, SessionSettings settings) {
        this.ports = ports;
        this.settings = settings;
    }

    /** What came of opening a message. */
    sealed interface Opened {

        record Ready(IncomingMessage message) implements Opened {
        }

        record Refused(Reply reply) implements Opened {
        }
    }

    Verdict connect(Peer peer) {
        try {
            return ports.policy().connect(peer);
        } catch (RuntimeException e) {
            fault(peer, "policy.connect", e);
            return new Verdict.Disconnect(Replies.BROKEN);
        }
    }

    Verdict rcpt(Peer peer, Envelope envelope, Recipient recipient) {
        try {
            return ports.policy().rcpt(peer, envelope, recipient);
        } catch (RuntimeException e) {
            fault(peer, "policy.rcpt", e);
            return new Verdict.Refuse(Replies.INTERNAL);
        }
    }

    void reset(Peer peer) {
        try {
            ports.policy().reset();
        } catch (RuntimeException e) {
            fault(peer, "policy.reset", e);
        }
    }

    Optional<Reply> mail(Peer peer, Envelope envelope) {
        try {
            return ports.sink().mail(peer, envelope);
        } catch (RuntimeException e) {
            fault(peer, "sink.mail", e);
            return Optional.of(Replies.INTERNAL);
        }
    }

    Opened open(Peer peer, Envelope envelope) {
        try {
            var incoming = ports.sink().open(peer, envelope);
            var binary = envelope.parameters().body() == MailParameters.Body.BINARY_MIME;
            return new Opened.Ready(new IncomingMessage(incoming, settings.limits(), binary,
                (port, cause) -> fault(peer, port, cause)));
        } catch (SinkException e) {
            fault(peer, "sink.open", e);
            return new Opened.Refused(e.reply());
        } catch (RuntimeException e) {
            fault(peer, "sink.open", e);
            return new Opened.Refused(Replies.INTERNAL);
        }
    }

    boolean offersFlush(Peer peer, QueueFlush.Client client) {
        try {
            return ports.flush().isOfferedTo(client);
        } catch (RuntimeException e) {
            fault(peer, "flush.offered", e);
            return false;
        }
    }

    QueueFlush.Result flush(Peer peer, QueueFlush.Client client, EtrnNode node) {
        try {
            return ports.flush().start(client, node);
        } catch (RuntimeException e) {
            fault(peer, "flush.start", e);
            return new QueueFlush.Result.Unable();
        }
    }

    QueueTurn.Result turn(Peer peer, List<String> domains) {
        try {
            return ports.turn().ask(new QueueFlush.Client(peer.connection(), peer.remote().getAddress(), peer.user(),
                peer.tls().isPresent(), false), domains);
        } catch (RuntimeException e) {
            fault(peer, "turn.ask", e);
            return new QueueTurn.Result.Unable();
        }
    }

    void fault(Peer peer, String port, Throwable cause) {
        ports.observer().observe(peer, new SessionEvent.Fault(port, cause));
    }
}
