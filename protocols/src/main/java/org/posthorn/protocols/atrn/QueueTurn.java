package org.posthorn.protocols.atrn;

import java.util.List;
import org.posthorn.protocols.etrn.QueueFlush;
import org.posthorn.protocols.net.Wire;

/** Who can give a client the mail of its domains over its own connection. Asked by sessions, many at once. */
public interface QueueTurn {

    /**
     * Whether the client may have the mail of all these domains, and whether there is any.
     *
     * @param client has logged in
     * @param domains as {@link AtrnCommand.Turn} has them
     */
    Result ask(QueueFlush.Client client, List<String> domains);

    /** Where nobody gets any. */
    static QueueTurn none() {
        return (_, _) -> new Result.Refused("no mail is kept for fetching here");
    }

    /** What is to be said (RFC 2645 section 5.2.1). */
    sealed interface Result {

        /** 250: the roles are to be reversed now. */
        record Ready(Handover handover) implements Result {
        }

        /** 453: the domains are the client's, and nothing waits. */
        record NoMail() implements Result {
        }

        /**
         * 450: not all of the domains are the client's, or it asks too often.
         *
         * @param reason in a few words, for the client
         */
        record Refused(String reason) implements Result {
        }

        /** 451: our own fault, for now. */
        record Unable() implements Result {
        }
    }

    /** The mail, as it goes over the connection. To be closed, whether it was run or not. */
    interface Handover extends AutoCloseable {

        /** Speaks as the SMTP client from the other side's 220 on; ends with our QUIT, or with the connection. */
        void run(Wire wire);

        /** Lets the message that is on its way be the last. Any thread may call it, also before {@link #run}. */
        void endSoon();

        /** Nothing more goes this way. */
        @Override void close();
    }
}
