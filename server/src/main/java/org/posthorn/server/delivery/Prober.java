package org.posthorn.server.delivery;

import java.time.Duration;
import org.posthorn.protocols.address.Mailbox;

/** Asks where mail for a recipient would be delivered whether it is taken there. Sends no message. Thread-safe. */
public interface Prober {

    /**
     * Asks once, by the protocol of the recipient's route.
     *
     * @param within how long it may take, give or take the time of one connection
     */
    Finding ask(Mailbox recipient, Duration within);

    /** What the far side said. */
    sealed interface Finding {

        /** Yes. */
        record Taken(String host) implements Finding {
        }

        /** No, to this recipient, for good. */
        record Refused(String host, String reply) implements Finding {
        }

        /** Not now, or nothing, or nothing about this recipient. */
        record Unanswered(String why) implements Finding {
        }
    }
}
