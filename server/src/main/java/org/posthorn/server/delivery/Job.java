package org.posthorn.server.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.wire.Content;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.SpooledMessage;

/**
 * Recipients of one message that are delivered together: same route, same variant.
 *
 * @param message with those recipients, all routed
 * @param route theirs
 */
public record Job(SpooledMessage message, Route route) {

    /** The job of a claim of {@code takeDue}. */
    public static Job of(SpooledMessage claimed) {
        return new Job(claimed, routed(claimed.recipients().getFirst()).route());
    }

    /** The recipients, whose order the outcomes have. */
    public List<QueuedRecipient> recipients() {
        return message.recipients();
    }

    /** The job for some of its recipients; empty when there are none. */
    Optional<Job> only(Predicate<QueuedRecipient> which) {
        var some = new ArrayList<QueuedRecipient>();
        for (var recipient : recipients()) {
            if (which.test(recipient)) {
                some.add(recipient);
            }
        }
        return some.isEmpty() ? Optional.empty() : Optional.of(new Job(new SpooledMessage(message.id(),
            message.origin(), message.variants(), some), route));
    }

    /** The octets to deliver. */
    public Content content() {
        return message.variantOf(recipients().getFirst()).content();
    }

    /** The reverse path to send with: the message's, or the rewritten one of a forward. */
    public ReversePath sender() {
        return message.senderOf(recipients().getFirst());
    }

    /** How urgent it is (MT-PRIORITY, RFC 6710): 0 for nearly all mail. */
    int priority() {
        return message.origin().parameters().handling().priority();
    }

    /** Whether an earlier attempt was made that we know of. */
    public boolean wasTried() {
        for (var recipient : recipients()) {
            if (routed(recipient).attempts() > 0) {
                return true;
            }
        }
        return false;
    }

    static RecipientState.Routed routed(QueuedRecipient recipient) {
        if (recipient.state() instanceof RecipientState.Routed routed) {
            return routed;
        }
        throw new IllegalArgumentException("only routed recipients are delivered, not " + recipient);
    }
}
