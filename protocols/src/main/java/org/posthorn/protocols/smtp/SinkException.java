package org.posthorn.protocols.smtp;

import java.io.IOException;
import org.posthorn.protocols.wire.Reply;

/** A message could not be kept, and that is our fault: always a 4yz reply. The cause is for the log only. */
public final class SinkException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient Reply reply;

    /**
     * Couples what the client is told with what the log is told.
     *
     * @param reply 4yz
     */
    public SinkException(Reply reply, String detail, Throwable cause) {
        super(detail, cause);
        if (!reply.isTransient()) {
            throw new IllegalArgumentException("our own faults are temporary, not " + reply);
        }
        this.reply = reply;
    }

    /** What to tell the client. */
    public Reply reply() {
        return reply;
    }
}
