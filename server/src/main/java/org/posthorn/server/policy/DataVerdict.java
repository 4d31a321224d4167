package org.posthorn.server.policy;

import java.util.List;
import java.util.Map;
import org.posthorn.protocols.smtp.Verdict;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.spool.Event;
import org.posthorn.server.spool.NewRecipient;
import org.posthorn.server.spool.NewVariant;

/** What the policy says to a whole message. */
public sealed interface DataVerdict {

    /**
     * Nothing of it is taken.
     *
     * @param verdict a refusal or a disconnect
     */
    record Refuse(Verdict verdict) implements DataVerdict {
    }

    /**
     * It is taken, for some recipients at least.
     *
     * @param variants the message's forms to store; the first recipient's as a rule the draft that was asked about
     * @param recipients every recipient of the envelope in order, with the state in which it enters the spool; a
     * refused one
     *     is {@code Failed}, so that over SMTP, which has one reply for all, its sender gets a report
     * @param refused the replies of those that were refused, by their place in the envelope: LMTP says them, and then
     * does not
     *     spool these recipients (RFC 2033 section 4.2)
     * @param history what was decided, by which rule
     */
    record Take(List<NewVariant> variants, List<NewRecipient> recipients, Map<Integer, Reply> refused,
                List<Event> history) implements DataVerdict {
        /** Copies the collections. */
        public Take {
            variants = List.copyOf(variants);
            recipients = List.copyOf(recipients);
            refused = Map.copyOf(refused);
            history = List.copyOf(history);
        }
    }
}
