package org.posthorn.mailets.matchers;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.util.Collection;
import java.util.List;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMatcher;
import org.posthorn.mailets.port.AddressLiterals;
import org.posthorn.mailets.port.NameService;

/**
 * Matches every recipient when nothing could ever be sent back to the sender: its domain has neither a mail exchanger
 * nor an address, or says that it takes no mail (RFC 7505). The null sender is nobody's domain and is not matched, nor
 * is one that cannot be looked up now; the server logs that.
 */
public final class SenderInFakeDomain extends GenericMatcher {

    private final NameService names;

    @Inject
    SenderInFakeDomain(NameService names) {
        this.names = names;
    }

    @Override public void init() throws MessagingException {
        if (getCondition() != null && !getCondition().isBlank()) {
            throw new MessagingException("SenderInFakeDomain takes no condition, found '" + getCondition() + "'");
        }
    }

    @Override public Collection<MailAddress> match(Mail mail) {
        var sender = mail.getMaybeSender().asOptional();
        return sender.isPresent() && isFake(sender.get().getDomain().asString()) ? mail.getRecipients() : List.of();
    }

    private boolean isFake(String domain) {
        if (AddressLiterals.isLiteral(domain)) {
            return false;
        }
        return switch (names.reachability(domain)) {
            case YES, UNKNOWN -> false;
            case NO -> true;
        };
    }
}
