package org.posthorn.mailets.port;

import org.apache.james.core.MailAddress;

/**
 * The sender rewriting scheme (SRS): return paths of ours for mail that we forward, so that it passes SPF, and back.
 * Every method throws a {@link RuntimeException} when it cannot know now.
 */
public interface SenderRewriting {

    /** The return path for mail of this sender that we forward. */
    Forwarded forwarded(MailAddress sender);

    /** What an address is that mail comes to. */
    Returned returned(MailAddress recipient);

    /** A return path for forwarded mail. */
    sealed interface Forwarded {

        /** Send it as this one. */
        record As(MailAddress sender) implements Forwarded {
        }

        /**
         * The sender cannot be rewritten, as when the address would become too long.
         *
         * @param why in a few words
         */
        record Unfit(String why) implements Forwarded {
        }
    }

    /** What a return path is. */
    sealed interface Returned {

        /** No return path of this kind, or not one of ours. */
        record Other() implements Returned {
        }

        /**
         * One that we made.
         *
         * @param sender whose it is
         */
        record Valid(MailAddress sender) implements Returned {
        }

        /** One that we made too long ago. */
        record Expired() implements Returned {
        }

        /** Formed like one of ours, but we did not make it. */
        record Forged() implements Returned {
        }
    }
}
