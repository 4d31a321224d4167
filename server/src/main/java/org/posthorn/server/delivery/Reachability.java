package org.posthorn.server.delivery;

import org.posthorn.server.spool.Spool;

/** Whether it is worth making more mail due for a destination. Thread-safe, and quick: asked for each recipient. */
@FunctionalInterface
public interface Reachability {

    /** How the destination of this recipient, which may be its sender's, is now. */
    State of(Spool.Waiting waiting);

    /** Of a destination. */
    enum State {
        /** Its mail is tried when it is due. */
        OPEN,
        /** So many wait for it in memory that more would be put off again. */
        FULL,
        /** Nothing could be reached there a moment ago; what becomes due is put off without an attempt. */
        SUSPENDED
    }
}
