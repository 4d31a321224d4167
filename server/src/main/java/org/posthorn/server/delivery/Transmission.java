package org.posthorn.server.delivery;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.posthorn.protocols.client.MailClient;
import org.posthorn.protocols.client.RecipientResult;
import org.posthorn.protocols.client.Trouble;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.spool.QueuedRecipient;

/**
 * Sends a job over one open connection, in as many transactions as its recipients need.
 *
 * @param client opened; left open
 * @param host the far side, as logs and reports show it
 * @param most recipients per transaction
 */
public record Transmission(MailClient client, String host, int most) {

    private static final Outcome NO_TURN = new Outcome.Deferred(
        Reply.of(451, "4.4.2", "The connection ended before this recipient's turn"), "", Outcome.Scope.RECIPIENT);

    /** How a recipient is named to the far side. */
    public interface Naming {

        /** As it is. */
        Naming UNCHANGED = QueuedRecipient::recipient;

        Recipient name(QueuedRecipient recipient);
    }

    /**
     * What came of it.
     *
     * @param outcomes one for each recipient
     * @param unsent those for whom the connection ended before any text was sent: nobody can have got the message
     */
    public record Sent(Map<QueuedRecipient, Outcome> outcomes, List<QueuedRecipient> unsent) {
        /** Copies both. */
        public Sent {
            outcomes = Map.copyOf(outcomes);
            unsent = List.copyOf(unsent);
        }
    }

    /**
     * Sends to those recipients of the job.
     *
     * @throws IOException when the message cannot be read; the connection is closed then
     */
    public Sent send(Job job, List<QueuedRecipient> recipients, Naming naming) throws IOException {
        var origin = job.message().origin();
        var outcomes = new HashMap<QueuedRecipient, Outcome>();
        var unsent = new ArrayList<QueuedRecipient>();
        var left = new ArrayList<>(recipients);
        while (!left.isEmpty() && client.isUsable()) {
            var some = List.copyOf(left.subList(0, Math.min(most, left.size())));
            left.removeAll(some);
            var results = client.send(new Envelope(job.sender(), origin.parameters(),
                some.stream().map(naming::name).toList()), job.content());
            var progress = results.stream().anyMatch(RecipientResult.Accepted.class::isInstance);
            for (var i = 0; i < some.size(); i++) {
                outcomes.put(some.get(i), FailurePolicy.recipient(results.get(i), host));
                if (!client.isUsable() && isUnsent(results.get(i))) {
                    unsent.add(some.get(i));
                } else if (progress && client.isUsable() && FailurePolicy.isOneTooMany(results.get(i))) {
                    left.add(some.get(i));
                }
            }
        }
        left.forEach(recipient -> outcomes.putIfAbsent(recipient, NO_TURN));
        unsent.addAll(left);
        return new Sent(outcomes, unsent);
    }

    private static boolean isUnsent(RecipientResult result) {
        return result instanceof RecipientResult.NotAccepted(_, var trouble)
            && trouble.stage() != Trouble.Stage.DOT && !trouble.isPermanent();
    }
}
