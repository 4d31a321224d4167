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
     * @param dsn whether it was told what the sender wants to hear, and reports itself (RFC 3461 section 5.2.1)
     */
    record Accepted(Recipient recipient, Reply reply, boolean dsn) implements RecipientResult {
        /** By a server that does not offer DSN. */
        public Accepted(Recipient recipient, Reply reply) {
            this(recipient, reply, false);
        }
    }

    /** It did not, or we cannot know. */
    record NotAccepted(Recipient recipient, Trouble trouble) implements RecipientResult {
    }
}
