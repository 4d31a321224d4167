package org.posthorn.protocols.smtp;

import java.io.IOException;
import org.posthorn.protocols.etrn.EtrnCommand;
import org.posthorn.protocols.etrn.EtrnNode;
import org.posthorn.protocols.etrn.QueueFlush;
import org.posthorn.protocols.net.ClientCertificate;
import org.posthorn.protocols.net.TlsFacts;
import org.posthorn.protocols.wire.Reply;

/** ETRN in a session: whether it is offered, and how it is answered (RFC 1985). */
final class QueueStart {

    private final SessionSettings settings;
    private final GuardedPorts ports;
    private final Answers answers;
    private final boolean mayLogIn;

    QueueStart(SessionSettings settings, GuardedPorts ports, Answers answers, boolean mayLogIn) {
        this.settings = settings;
        this.ports = ports;
        this.answers = answers;
        this.mayLogIn = mayLogIn;
    }

    boolean isOfferedTo(Peer peer) {
        return settings.extensions().contains(Extension.ETRN) && ports.offersFlush(peer, client(peer));
    }

    /**
     * Answers the command.
     *
     * @param inTransaction whether a mail transaction is open: then it must not be given (RFC 1985 section 5.1)
     */
    void answer(Peer peer, EtrnCommand command, boolean inTransaction) throws IOException {
        var access = settings.access();
        if (!isOfferedTo(peer)) {
            answers.wrong(Replies.NOT_IMPLEMENTED);
        } else if (peer.greeting() == Peer.Greeting.NONE) {
            answers.wrong(Replies.GREET_FIRST);
        } else if (inTransaction) {
            answers.wrong(Replies.NOT_IN_TRANSACTION);
        } else if (access.requireTls() && peer.tls().isEmpty()) {
            answers.wrong(Replies.TLS_REQUIRED);
        } else if (access.requireAuth() && !peer.isAuthenticated()) {
            answers.wrong(Replies.AUTH_REQUIRED);
        } else {
            switch (command) {
                case EtrnCommand.Faulty(var reply) -> answers.wrong(reply);
                case EtrnCommand.Start(var node) -> start(peer, node);
            }
        }
    }

    /** What brings no mail nearer over this connection counts as idle: the work of one session is bounded. */
    private void start(Peer peer, EtrnNode node) throws IOException {
        switch (ports.flush(peer, client(peer), node)) {
            case QueueFlush.Result.Started() ->
                answers.idle(Reply.of(250, "2.0.0", "OK, queuing for node " + node + " started"));
            case QueueFlush.Result.NothingWaiting() ->
                answers.idle(Reply.of(251, "2.0.0", "OK, no messages waiting for node " + node));
            case QueueFlush.Result.UnderWay() ->
                answers.idle(Reply.of(252, "2.0.0", "OK, pending messages for node " + node + " started"));
            case QueueFlush.Result.Pending(var messages) -> answers.idle(Reply.of(253, "2.0.0",
                "OK, " + messages + " pending messages for node " + node + " started"));
            case QueueFlush.Result.Unable() ->
                answers.idle(Reply.of(458, "4.3.0", "Unable to queue messages for node " + node));
            case QueueFlush.Result.NotAllowed(var reason) ->
                answers.wrong(Reply.of(459, "4.7.1", "Node " + node + " not allowed: " + reason));
        }
    }

    private QueueFlush.Client client(Peer peer) {
        return new QueueFlush.Client(peer.connection(), peer.remote().getAddress(), peer.user(),
            peer.tls().isPresent(), mayLogIn,
            peer.tls().flatMap(TlsFacts::certificate).map(ClientCertificate::fingerprint).orElse(""));
    }
}
