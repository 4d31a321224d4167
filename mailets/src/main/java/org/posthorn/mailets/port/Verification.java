package org.posthorn.mailets.port;

import org.apache.james.core.MailAddress;

/**
 * Whether the far side takes a recipient of a relay domain, asked there before we take the mail. Answers are
 * remembered; a question is answered within seconds, whatever the far side does.
 */
public interface Verification {

    /** What is known of this recipient. */
    Finding about(MailAddress recipient);

    /** What is known of a recipient. */
    sealed interface Finding {

        /** Nobody wants to know: the domain's recipients are not verified. */
        record NotVerified() implements Finding {
        }

        /** The far side takes it. */
        record Taken() implements Finding {
        }

        /**
         * The far side does not, and will not.
         *
         * @param said by whom and in which words; untrusted text
         */
        record Refused(String said) implements Finding {
        }

        /**
         * It could not be asked, or would not say.
         *
         * @param why for people; may hold untrusted text
         * @param take whether the operator wants such mail to be taken nevertheless
         */
        record Unanswered(String why, boolean take) implements Finding {
        }
    }
}
