package org.posthorn.protocols.client;

import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.wire.Reply;

/** What became of one recipient of a sent message. */
public sealed interface RecipientResult {

    /** The recipient as it was given. */
    Recipient recipient();

    /**
     * The far side took responsibility.
     *
     * @param reply its 2yz reply to the end of the data
     */
    record Accepted(Recipient recipient, Reply reply) implements RecipientResult {
    }

    /** It did not, or we cannot know. */
    record NotAccepted(Recipient recipient, Trouble trouble) implements RecipientResult {
    }
}
