package org.posthorn.server.chain;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.posthorn.server.auth.spf.SpfResult;
import org.posthorn.server.log.EventLog;

/** Whether what was found out about a message says that somebody else wrote its sender's name. */
public final class Forgery {

    /** The verdict of DMARC (RFC 7489): its first word is {@code pass}, {@code fail} or another result. */
    public static final AttributeName DMARC = AttributeName.of("org.posthorn.auth.dmarc");

    private static final EventLog LOG = EventLog.of(Forgery.class);

    private Forgery() {
    }

    /**
     * Why the sender is taken for forged; empty where nothing says so.
     *
     * @param attributes of the message, as the spool keeps them
     * @param spf the results that say so
     */
    public static Optional<String> of(String attributes, Set<SpfResult> spf) {
        if (attributes.isEmpty()) {
            return Optional.empty();
        }
        try {
            for (var attribute : AttributesText.read(attributes)) {
                var found = attribute.getName().equals(AuthNotes.SPF) ? bySpf(attribute, spf)
                    : attribute.getName().equals(DMARC) ? byDmarc(attribute) : Optional.<String>empty();
                if (found.isPresent()) {
                    return found;
                }
            }
        } catch (IOException e) {
            LOG.error("unreadable-attributes", e);      // nothing is known then, and reports are a duty
        }
        return Optional.empty();
    }

    private static Optional<String> bySpf(Attribute note, Set<SpfResult> results) {
        return AuthNotes.verdict(note).filter(verdict -> results.contains(verdict.result()))
            .map(verdict -> "SPF " + verdict.result().text() + " for " + verdict.question().domain() + " from "
                + verdict.question().clientText());
    }

    private static Optional<String> byDmarc(Attribute note) {
        return note.getValue().value() instanceof String text && text.matches("(?s)fail\\b.*")
            ? Optional.of("DMARC fail") : Optional.empty();
    }
}
