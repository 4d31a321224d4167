package org.posthorn.server.fetch;

import org.posthorn.protocols.wire.Reply;

/** What came of an errand. */
public sealed interface Report {

    /**
     * The server answered.
     *
     * @param reply whatever its code is
     * @param messages that came in over the connection
     */
    record Answered(Reply reply, int messages) implements Report {
    }

    /** It did not, or was not asked. */
    record Failed(String why) implements Report {
    }
}
