package org.posthorn.server.delivery;

import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.client.RecipientResult;
import org.posthorn.protocols.client.Trouble;
import org.posthorn.protocols.net.Deadline;

/** Asks where mail for a recipient would be delivered whether it is taken there. Sends no message. Thread-safe. */
public interface Prober {

    /** Whether it speaks the protocol by which mail for this domain goes; exactly one does. */
    boolean takes(String domain);

    /**
     * Asks once.
     *
     * @param until when connecting and talking end, with all addresses together; the lookups in DNS before them have a
     *     time of their own
     */
    Finding ask(Mailbox recipient, Deadline until);

    /** What the far side said. */
    sealed interface Finding {

        /** Yes. */
        record Taken(String host) implements Finding {
        }

        /** No, to this recipient, for good; in the host's words, or ours. */
        record Refused(String host, String why) implements Finding {
        }

        /** Not now, or nothing, or nothing about this recipient. */
        record Unanswered(String why) implements Finding {
        }

        /** What a host said: only a word about the recipient counts. */
        static Finding of(String host, RecipientResult result) {
            return switch (result) {
                case RecipientResult.Accepted _ -> new Taken(host);
                case RecipientResult.NotAccepted(_, var trouble)
                    when trouble.stage() == Trouble.Stage.RCPT && trouble.isPermanent() ->
                    new Refused(host, trouble.ours() ? "with " + host + ": " + trouble.why()
                        : host + " said: " + trouble.why());
                case RecipientResult.NotAccepted(_, var trouble) -> of(host, trouble);
            };
        }

        /** Why a host said nothing. */
        static Finding of(String host, Trouble trouble) {
            return new Unanswered(host + ", at " + trouble.stage() + ": " + trouble.why());
        }
    }
}
