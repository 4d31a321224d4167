package org.posthorn.mailets.matchers;

import jakarta.mail.MessagingException;
import org.apache.james.core.MailAddress;

/** Matches recipients who have a mailbox here, as James's matcher of that name does by way of streams. */
public final class RecipientIsLocal extends EachRecipient {

    /** Asks the mailet context. */
    public RecipientIsLocal() {
    }

    @Override public void init() throws MessagingException {
        refuseCondition();
    }

    @Override boolean names(MailAddress recipient) {
        return getMailetContext().isLocalEmail(recipient);
    }
}
