package org.posthorn.protocols.smtp;

import java.io.OutputStream;
import java.util.List;
import org.posthorn.protocols.wire.Reply;

/**
 * One message while it comes in. Write all octets to {@link #body}, then {@link #finish}; {@link #close} without
 * finish forgets it without a trace.
 */
public interface Incoming extends AutoCloseable {

    /**
     * Takes the message's octets as they were sent, without dot-stuffing. A write throws {@link SinkException} when the
     * octets cannot be kept.
     */
    OutputStream body();

    /**
     * The message is complete. A positive reply means that it is durable and that responsibility has passed to us
     * (RFC 5321 section 4.2.5).
     *
     * @return one reply for the whole message, or one for each recipient in the envelope's order (RFC 2033 section 4.2)
     * @throws SinkException when it could not be kept
     */
    List<Reply> finish() throws SinkException;

    /** Forgets the message unless it was finished. */
    @Override void close();
}
