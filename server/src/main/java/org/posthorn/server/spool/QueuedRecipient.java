package org.posthorn.server.spool;

import org.posthorn.protocols.smtp.Recipient;

/**
 * One recipient of a spooled message.
 *
 * @param number unique within the message, from 0; never reused
 * @param recipient the address and its DSN parameters
 * @param variant which {@link Variant} of the message this recipient gets
 * @param state where it stands
 */
public record QueuedRecipient(int number, Recipient recipient, int variant, RecipientState state) {

    /** This recipient in another state. */
    public QueuedRecipient with(RecipientState next) {
        return new QueuedRecipient(number, recipient, variant, next);
    }
}
