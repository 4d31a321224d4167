package org.posthorn.server.intake;

import org.posthorn.server.spool.QueueId;

/** An LMTP client that waits for what becomes of a message. */
public final class WaitingClient {

    private WaitingClient() {
    }

    /** It waits for a message of one recipient, for ever. */
    public static Awaited of(QueueId id) {
        var awaited = new Awaited();
        awaited.begin(id, 1);
        return awaited;
    }
}
