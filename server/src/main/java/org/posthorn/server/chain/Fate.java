package org.posthorn.server.chain;

import java.util.List;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.spool.Route;

/** What the processors decided for a recipient. What follows from it depends on when they were asked. */
public sealed interface Fate {

    /** A mailet said Accept. */
    record Accepted() implements Fate {
    }

    /**
     * Never.
     *
     * @param reply 5yz
     */
    record Rejected(Reply reply) implements Fate {
    }

    /**
     * Not now.
     *
     * @param reply 4yz
     */
    record Deferred(Reply reply) implements Fate {
    }

    /**
     * Say this and hang up.
     *
     * @param reply 421 or 5yz
     */
    record Disconnected(Reply reply) implements Fate {
    }

    /** Dropped by the rule. */
    record Discarded() implements Fate {
    }

    /** Delivered, since a new mail that a mailet sent has taken its place. */
    record SentOn() implements Fate {
    }

    /**
     * Kept for an operator.
     *
     * @param name who holds it
     */
    record Held(String name) implements Fate {
    }

    /**
     * To be delivered.
     *
     * @param route how
     */
    record Routed(Route route) implements Fate {
    }

    /**
     * Others took its place; they have fates of their own.
     *
     * @param by whom it stands for
     */
    record Replaced(List<Mailbox> by) implements Fate {
        /** Copies the list. */
        public Replaced {
            by = List.copyOf(by);
        }
    }

    /** Nothing was decided: the mail came to the end of its processor. */
    record Undecided() implements Fate {
    }

    /**
     * A fault of ours: a mailet threw and its configuration says so, or the mail went in circles.
     *
     * @param cause for the log
     */
    record Broken(Throwable cause) implements Fate {
    }
}
