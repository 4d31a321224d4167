package org.posthorn.server.spool;

import java.util.List;

/**
 * A message to be accepted.
 *
 * @param id from {@link Spool#nextId}
 * @param origin where it came from
 * @param variants its forms, at least one; the first is number 0
 * @param recipients at least one, each with its first state: {@code Pending} as a rule
 * @param history what happened up to now
 */
public record NewMessage(QueueId id, Origin origin, List<NewVariant> variants, List<NewRecipient> recipients,
                         List<Event> history) {

    /** Copies the lists and checks that each recipient's variant is there. */
    public NewMessage {
        variants = List.copyOf(variants);
        recipients = List.copyOf(recipients);
        history = List.copyOf(history);
        if (recipients.isEmpty()) {
            throw new IllegalArgumentException("a message has at least one recipient");
        }
        for (var recipient : recipients) {
            if (recipient.variant() < 0 || recipient.variant() >= variants.size()) {
                throw new IllegalArgumentException("there is no variant " + recipient.variant());
            }
        }
    }
}
