package org.posthorn.protocols.net;

import java.time.Duration;

/** A wire whose blocking calls the {@link DeadlineWatch} ends. */
interface Watched {

    /**
     * Closes the connection when a call on it has been blocked past its deadline for longer than the slack; a read may
     * be ended as soon as its deadline has passed, so that the peer can be told.
     *
     * @param now as {@link System#nanoTime} tells it
     */
    void abortIfOverdue(long now, Duration slack);
}
