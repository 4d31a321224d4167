package org.posthorn.protocols.smtp;

import org.posthorn.protocols.wire.Reply;

/** What the policy says to a connection or a recipient. */
public sealed interface Verdict {

    /** Go on. */
    static Verdict accept() {
        return new Accept();
    }

    /** Go on; the session answers in its own words. */
    record Accept() implements Verdict {
    }

    /**
     * No, or not now: the session answers with this and stays open. To a connection it is the greeting, after which
     * only QUIT is served (RFC 5321 section 3.1).
     *
     * @param reply 4yz or 5yz
     */
    record Refuse(Reply reply) implements Verdict {
        /** A refusal is 4yz or 5yz. */
        public Refuse {
            if (!reply.isTransient() && !reply.isPermanent()) {
                throw new IllegalArgumentException("a refusal is 4yz or 5yz, not " + reply);
            }
        }
    }

    /**
     * Answer with this and close.
     *
     * @param reply 421 or 5yz
     */
    record Disconnect(Reply reply) implements Verdict {
    }
}
