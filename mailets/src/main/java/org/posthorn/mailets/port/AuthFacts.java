package org.posthorn.mailets.port;

import jakarta.mail.MessagingException;
import java.util.Locale;
import org.apache.mailet.Mail;

/**
 * What is known of a mail's sender. It is found out when first asked, kept with the mail, and the same whenever it is
 * asked again, in a later processor, too.
 */
public interface AuthFacts {

    /**
     * Whether the client may send in the sender's name (RFC 7208). Not looked up at {@code connect}, where there is no
     * sender, nor for authenticated clients, trusted networks and this host itself: they get {@link Spf#NOT_CHECKED}.
     * A lookup that fails is {@link Result#TEMPERROR}; after the 250 that is asked again.
     */
    Spf spf(Mail mail);

    /**
     * Writes what is known into the message: {@code Received-SPF} and {@code Authentication-Results} on top of it,
     * unless they are there. Without a message yet it does nothing: they are written when it comes.
     */
    void writeResults(Mail mail) throws MessagingException;

    /** What an SPF check came to (RFC 7208 section 2.6). */
    enum Result {
        NONE, NEUTRAL, PASS, FAIL, SOFTFAIL, TEMPERROR, PERMERROR;

        /** In lower case, as conditions and header fields write it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * An SPF result.
     *
     * @param domain whose records were asked; empty when nothing was
     * @param explanation what the domain says to those who fail, printable US-ASCII; empty where it says nothing
     * @param problem why it is none or an error; else empty
     */
    record Spf(Result result, String domain, String explanation, String problem) {

        /** Nobody asked the domain. */
        public static final Spf NOT_CHECKED = new Spf(Result.NONE, "", "", "not checked");

        /** Whether the domain was asked at all. */
        public boolean isChecked() {
            return !domain.isEmpty();
        }
    }
}
