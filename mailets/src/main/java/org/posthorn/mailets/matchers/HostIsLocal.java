package org.posthorn.mailets.matchers;

import jakarta.mail.MessagingException;
import org.apache.james.core.MailAddress;

/**
 * Matches recipients of domains that are hosted here, as James's matcher of that name, which sorts the recipients by
 * their domains in streams and multimaps: asked twice for a message, that took 90,000 cycles of 5.6 million.
 */
public final class HostIsLocal extends EachRecipient {

    /** Asks the mailet context. */
    public HostIsLocal() {
    }

    @Override public void init() throws MessagingException {
        refuseCondition();
    }

    @Override boolean names(MailAddress recipient) {
        return getMailetContext().isLocalServer(recipient.getDomain());
    }
}
