package org.posthorn.server.policy;

import java.util.List;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.Peer;
import org.posthorn.protocols.smtp.Policy;
import org.posthorn.server.spool.Draft;
import org.posthorn.server.spool.QueueId;

/**
 * The policy of one session. What mailets noted on the mail at {@code connect} and {@code rcpt} is there at
 * {@code data}, and goes into the spool with the message.
 */
public interface SessionPolicy extends Policy {

    /**
     * Asked by intake when a message begins: header fields about its sender, to be put above its trace field.
     *
     * @return each folded and with its CRLF; none when nothing was found out
     */
    default List<String> results() {
        return List.of();
    }

    /**
     * Asked by intake when all octets are in and nothing is durable yet.
     *
     * @param id the message's queue id, already
     * @param message the message as it would be stored
     */
    DataVerdict data(Peer peer, Envelope envelope, QueueId id, Draft message);
}
