package org.posthorn.server.chain;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.auth.spf.SpfQuestion;
import org.posthorn.server.auth.spf.SpfResult;
import org.posthorn.server.log.EventLog;

/** Whether what was found out about a message says that somebody else wrote its sender's name. */
public final class Forgery {

    /**
     * The verdict of DMARC (RFC 7489): its first word is {@code pass}, {@code fail} or another result, the second one
     * the domain in From that it is about.
     */
    public static final AttributeName DMARC = AttributeName.of("org.posthorn.auth.dmarc");

    private static final EventLog LOG = EventLog.of(Forgery.class);

    private Forgery() {
    }

    /**
     * Why the sender is taken for forged; empty where nothing says so. SPF answers for the sender that it was asked
     * about, and who passed it is no forgery. DMARC answers for the domain in From, which may be another one: a list's
     * message has its author there.
     *
     * @param attributes of the message, as the spool keeps them
     * @param spf the results that say so
     */
    public static Optional<String> of(String attributes, Mailbox sender, Set<SpfResult> spf) {
        if (attributes.isEmpty()) {
            return Optional.empty();
        }
        try {
            var notes = AttributesText.read(attributes);
            var verdict = notes.stream().filter(note -> note.getName().equals(AuthNotes.SPF))
                .flatMap(note -> AuthNotes.verdict(note).stream())
                .filter(one -> isAbout(one.question(), sender)).findFirst();
            if (verdict.filter(one -> one.result() == SpfResult.PASS).isPresent()) {
                return Optional.empty();
            }
            return verdict.filter(one -> spf.contains(one.result())).map(one -> "SPF " + one.result().text() + " for "
                    + one.question().domain() + " from " + one.question().clientText())
                .or(() -> notes.stream().filter(note -> note.getName().equals(DMARC))
                    .flatMap(note -> byDmarc(note, sender).stream()).findFirst());
        } catch (IOException e) {
            LOG.error("unreadable-attributes", e);      // nothing is known then, and reports are a duty
        }
        return Optional.empty();
    }

    private static boolean isAbout(SpfQuestion question, Mailbox sender) {
        return question.identity() == SpfQuestion.Identity.MAILFROM
            && question.localPart().equalsIgnoreCase(sender.localPart())
            && question.domain().equalsIgnoreCase(sender.domain());
    }

    private static Optional<String> byDmarc(Attribute note, Mailbox sender) {
        var words = note.getValue().value() instanceof String text ? text.strip().split("\\s+") : new String[0];
        return words.length > 1 && words[0].equals("fail") && words[1].equalsIgnoreCase(sender.domain())
            ? Optional.of("DMARC fail for " + words[1]) : Optional.empty();
    }
}
