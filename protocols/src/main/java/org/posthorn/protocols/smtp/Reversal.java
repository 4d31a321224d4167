package org.posthorn.protocols.smtp;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.atrn.AtrnCommand;
import org.posthorn.protocols.atrn.QueueTurn;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.wire.Reply;

/** ATRN in a session: who may say it, and the change of roles after it (RFC 2645 sections 5.2.1 and 5.3). */
final class Reversal {

    private static final Reply REVERSING = Reply.of(250, "2.0.0", "OK now reversing the connection");
    private static final Reply NO_MAIL = Reply.of(453, "4.0.0", "You have no mail");
    private static final Reply UNABLE = Reply.of(451, "4.3.0", "Unable to process ATRN request now");

    private final Wire wire;
    private final SessionSettings settings;
    private final GuardedPorts ports;
    private final Answers answers;
    private volatile boolean ending;
    private volatile Optional<QueueTurn.Handover> running = Optional.empty();

    Reversal(Wire wire, SessionSettings settings, GuardedPorts ports, Answers answers) {
        this.wire = wire;
        this.settings = settings;
        this.ports = ports;
        this.answers = answers;
    }

    /**
     * Answers the command; when it is granted, this returns once the mail was sent.
     *
     * @param inTransaction whether a mail transaction is open
     */
    void answer(Peer peer, AtrnCommand command, boolean inTransaction) throws IOException {
        if (!settings.extensions().contains(Extension.ATRN)) {
            answers.wrong(Replies.NOT_IMPLEMENTED);
        } else if (peer.greeting() == Peer.Greeting.NONE) {
            answers.wrong(Replies.GREET_FIRST);
        } else if (inTransaction) {
            answers.wrong(Replies.NOT_IN_TRANSACTION);
        } else if (!peer.isAuthenticated()) {
            answers.wrong(Replies.AUTH_REQUIRED);
        } else if (!wasSentOn()) {
            switch (command) {
                case AtrnCommand.Faulty(var reply) -> answers.wrong(reply);
                case AtrnCommand.Turn(var domains) -> turn(peer, domains);
            }
        }
    }

    /** What stands behind ATRN would be taken for the customer's greeting: somebody else may have put it there. */
    private boolean wasSentOn() throws IOException {
        var sentOn = wire.in().available() > 0 || !wire.isQuiet();
        if (sentOn) {
            answers.leave(Replies.OUT_OF_STEP);
        }
        return sentOn;
    }

    private void turn(Peer peer, List<String> domains) throws IOException {
        switch (ports.turn(peer, domains)) {
            case QueueTurn.Result.NoMail() -> answers.idle(NO_MAIL);
            case QueueTurn.Result.Refused(var reason) ->
                answers.wrong(Reply.of(450, "4.7.1", "ATRN request refused: " + reason));
            case QueueTurn.Result.Unable() -> answers.idle(UNABLE);
            case QueueTurn.Result.Ready(var handover) -> {
                try (handover) {
                    if (!wasSentOn()) {
                        hand(peer, handover);
                    }
                }
            }
        }
    }

    private void hand(Peer peer, QueueTurn.Handover handover) throws IOException {
        running = Optional.of(handover);
        if (ending) {
            handover.endSoon();
        }
        answers.say(REVERSING);
        answers.flush();
        answers.close(SessionEvent.Reason.TURNED);
        try {
            handover.run(wire);
        } catch (RuntimeException e) {
            ports.fault(peer, "turn.run", e);   // nothing can be said any more: we are the client
        }
    }

    /** Any thread may call it. */
    void endSoon() {
        ending = true;
        running.ifPresent(QueueTurn.Handover::endSoon);
    }
}
