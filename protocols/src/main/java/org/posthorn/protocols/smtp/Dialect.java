package org.posthorn.protocols.smtp;

import java.util.List;
import org.posthorn.protocols.wire.Reply;

/** Where SMTP and LMTP differ (RFC 2033 section 4). */
public interface Dialect {

    /** The protocol's name in the banner. */
    String banner();

    /** Whether a session of this dialect takes this greeting. The others are unknown commands. */
    boolean greetsWith(Peer.Greeting greeting);

    /** Whether the client may send commands together with its greeting without waiting for the answer. */
    boolean pipelinesGreeting();

    /** Whether a command is implemented at all; to others the answer is 502. */
    default boolean serves(Command command) {
        return true;
    }

    /**
     * The replies to the end of a message.
     *
     * @param given by the sink or for an error: one for the whole message, or one for each recipient
     * @param recipients how many were accepted, at least one
     */
    List<Reply> finalReplies(List<Reply> given, int recipients);
}
