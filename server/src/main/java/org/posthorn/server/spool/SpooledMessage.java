package org.posthorn.server.spool;

import java.util.List;
import org.posthorn.protocols.address.ReversePath;

/**
 * A message as the spool holds it.
 *
 * @param id its queue id
 * @param origin where it came from
 * @param variants its forms, by number
 * @param recipients those of interest to the caller: all of them from {@code find}, the claimed ones from a claim
 */
public record SpooledMessage(QueueId id, Origin origin, List<Variant> variants, List<QueuedRecipient> recipients) {

    /** Copies the lists. */
    public SpooledMessage {
        variants = List.copyOf(variants);
        recipients = List.copyOf(recipients);
    }

    /** The form that a recipient gets. */
    public Variant variantOf(QueuedRecipient recipient) {
        return variants.get(recipient.variant());
    }

    /** The reverse path that a recipient's delivery has: the one of its form, or else the message's own. */
    public ReversePath senderOf(QueuedRecipient recipient) {
        return variantOf(recipient).sender().orElse(origin.sender());
    }
}
