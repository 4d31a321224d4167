package org.posthorn.server.spool;

import java.util.Optional;
import org.posthorn.protocols.address.ReversePath;

/**
 * A form of a message that enters the spool. The spool numbers it.
 *
 * @param content its octets, complete
 * @param attributes the mail's attributes, as the chain wrote them down; may be empty
 * @param sender the reverse path that it is sent on with, where that is not the message's own
 */
public record NewVariant(Draft content, String attributes, Optional<ReversePath> sender) {

    /** A form that is sent on with the message's own reverse path. */
    public NewVariant(Draft content, String attributes) {
        this(content, attributes, Optional.empty());
    }
}
