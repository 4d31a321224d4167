package org.posthorn.server.delivery;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.posthorn.protocols.client.LmtpClient;
import org.posthorn.protocols.client.MailClient;
import org.posthorn.protocols.client.RecipientResult;
import org.posthorn.protocols.client.Trouble;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.bounce.Verp;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.QueuedRecipient;

/**
 * Sends a job over one open connection, in as many transactions as its recipients need.
 *
 * @param client opened; left open
 * @param host the far side, as logs and reports show it
 * @param most recipients per transaction
 */
public record Transmission(MailClient client, String host, int most) {

    private static final EventLog LOG = EventLog.of(Transmission.class);
    private static final Outcome NO_TURN = new Outcome.Deferred(
        Reply.of(451, "4.4.2", "The connection ended before this recipient's turn"), "", Outcome.Scope.RECIPIENT);

    /** How a recipient is named to the far side. */
    public interface Naming {

        /** As it is. */
        Naming UNCHANGED = QueuedRecipient::recipient;

        Recipient name(QueuedRecipient recipient);
    }

    /**
     * Sends to those recipients of the job.
     *
     * @param outcomes by the recipients' numbers; afterwards it has one for each of them
     * @return those for whom the connection ended before any text was sent: nobody can have got the message
     * @throws IOException when the message cannot be read; the connection is closed then
     */
    public List<QueuedRecipient> send(Job job, List<QueuedRecipient> recipients, Naming naming,
                                      Map<Integer, Outcome> outcomes) throws IOException {
        var unsent = new ArrayList<QueuedRecipient>();
        var left = recipients;
        // Each recipient has a return path of its own, unless the pipeline gave them another one.
        var verp = job.sender().equals(job.message().origin().sender())
            ? job.message().origin().parameters().handling().verp() : "";
        var together = verp.isEmpty() ? most : 1;
        // A mail store's answer is that of the mailbox.
        var handover = client instanceof LmtpClient ? Outcome.Handover.FINAL : Outcome.Handover.RELAYED;
        while (!left.isEmpty() && client.isUsable()) {
            var some = left.size() <= together ? left : left.subList(0, together);
            var later = new ArrayList<>(left.subList(some.size(), left.size()));
            var results = client.send(envelope(job, some, naming, verp), job.content());
            if (client.wasConverted()) {
                LOG.mail(job.message().id()).info("converted", "host", host, "to", "7bit");
            }
            var goesOn = client.isUsable();
            var progress = goesOn && hasAccepted(results);
            for (var i = 0; i < some.size(); i++) {
                var result = results.get(i);
                outcomes.put(some.get(i).number(), FailurePolicy.recipient(result, host, handover));
                if (!goesOn && isUnsent(result)) {
                    unsent.add(some.get(i));
                } else if (progress && FailurePolicy.isOneTooMany(result)) {
                    later.add(some.get(i));
                }
            }
            left = later;
        }
        for (var recipient : left) {
            outcomes.putIfAbsent(recipient.number(), NO_TURN);
        }
        unsent.addAll(left);
        return unsent;
    }

    private static Envelope envelope(Job job, List<QueuedRecipient> some, Naming naming, String verp) {
        var named = new ArrayList<Recipient>(some.size());
        for (var recipient : some) {
            named.add(naming.name(recipient));
        }
        return new Envelope(Verp.path(job.sender(), verp, some.getFirst().recipient().mailbox()),
            job.message().origin().parameters(), named);
    }

    private static boolean hasAccepted(List<RecipientResult> results) {
        for (var result : results) {
            if (result instanceof RecipientResult.Accepted) {
                return true;
            }
        }
        return false;
    }

    private static boolean isUnsent(RecipientResult result) {
        return result instanceof RecipientResult.NotAccepted(_, var trouble)
            && trouble.stage() != Trouble.Stage.DOT && !trouble.isPermanent();
    }
}
