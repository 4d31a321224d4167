package org.posthorn.protocols.smtp;

import java.util.Optional;
import org.posthorn.protocols.wire.Reply;

/** Where a session puts the messages it receives. One instance serves one session, on the session's thread. */
public interface Sink {

    /**
     * Asked at MAIL FROM: is there room?
     *
     * @return empty for yes, or the refusal, such as 452 4.3.1 (RFC 1870 section 6.1)
     */
    Optional<Reply> mail(Peer peer, Envelope envelope);

    /**
     * Begins a message, at DATA or at the first BDAT.
     *
     * @param envelope the whole envelope, with at least one recipient
     * @throws SinkException when it cannot be taken now
     */
    Incoming open(Peer peer, Envelope envelope) throws SinkException;
}
