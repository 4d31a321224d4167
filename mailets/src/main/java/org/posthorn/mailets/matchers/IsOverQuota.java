package org.posthorn.mailets.matchers;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.Collection;
import org.apache.james.core.MailAddress;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeUtils;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMatcher;
import org.posthorn.mailets.port.Quotas;

/**
 * Matches recipients whose mailbox here has no room for the message by their quota. At RCPT the size is the one that
 * the client declared (RFC 1870), if it did.
 */
public final class IsOverQuota extends GenericMatcher {

    /** What the client declared at MAIL; there during {@code rcpt}. */
    static final AttributeName DECLARED = AttributeName.of("org.posthorn.declaredSize");

    private final Quotas quotas;

    @Inject
    IsOverQuota(Quotas quotas) {
        this.quotas = quotas;
    }

    @Override public void init() throws MessagingException {
        if (getCondition() != null && !getCondition().isBlank()) {
            throw new MessagingException("IsOverQuota takes no condition, found '" + getCondition() + "'");
        }
    }

    @Override public Collection<MailAddress> match(Mail mail) throws MessagingException {
        var declared = AttributeUtils.getValueAndCastFromMail(mail, DECLARED, Long.class).orElse(0L);
        var octets = Math.max(1, Math.max(declared, mail.getMessageSize()));
        var over = new ArrayList<MailAddress>();
        if (mail.getRecipients() != null) {
            for (var recipient : mail.getRecipients()) {
                if (quotas.isOver(recipient, octets)) {
                    over.add(recipient);
                }
            }
        }
        return over;
    }
}
