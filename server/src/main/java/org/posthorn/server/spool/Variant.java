package org.posthorn.server.spool;

import java.util.Optional;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.wire.Content;

/**
 * One form of a message: 0 as accepted, more where the pipeline changed it for some recipients.
 *
 * @param number from 0, in the order in which they were made
 * @param content its octets
 * @param attributes the mail's attributes, as the chain wrote them down; the spool does not look inside
 * @param sender the reverse path that it is sent on with, where that is not the message's own: a forward's
 */
public record Variant(int number, Content content, String attributes, Optional<ReversePath> sender) {

    /** A form that is sent on with the message's own reverse path. */
    public Variant(int number, Content content, String attributes) {
        this(number, content, attributes, Optional.empty());
    }
}
