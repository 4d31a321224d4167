package org.posthorn.mailets.port;

import jakarta.mail.MessagingException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;

/** How a mailet tells the server what is to become of the mail in hand. Nothing happens until the chain has ended. */
public interface Disposition {

    /** Ends the mail's way with this answer, for all recipients it has now. */
    void answer(Mail mail, Answer answer);

    /** Ends the way of some of the mail's recipients with this answer; the mail goes on without them. */
    void answer(Mail mail, Collection<MailAddress> recipients, Answer answer);

    /**
     * Keeps a copy of the mail as it is now until an operator decides; the mail itself goes on. After the 250 only.
     *
     * @param name under which it is held
     * @throws MessagingException when there is no message yet, or it cannot be copied
     */
    void keepCopy(Mail mail, String name) throws MessagingException;

    /**
     * Puts other recipients in the place of some.
     *
     * @param instead by recipient, whom the mail goes to instead: at least one, and possibly itself
     */
    void rewrite(Mail mail, Map<MailAddress, List<MailAddress>> instead);

    /** Lets some of the mail's recipients get it under another reverse path. Our own reports still go to the sender. */
    void sendAs(Mail mail, Collection<MailAddress> recipients, MailAddress sender);

    /**
     * Writes a line about a recipient into the message's history, together with what becomes of it.
     *
     * @param word what happened, one word
     * @param detail the rest of the line
     */
    void note(Mail mail, MailAddress recipient, String word, String detail);
}
