package com.example.greylisting;

import jakarta.mail.MessagingException;
import java.util.Collection;
import java.util.List;
import org.apache.james.core.MailAddress;
import org.apache.mailet.AttributeUtils;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMatcher;

/** Matches every recipient of a mail that {@link Greylist} let wait at least so many seconds: {@code HasWaited=60}. */
public class HasWaited extends GenericMatcher {

    private long least;

    @Override public void init() throws MessagingException {
        try {
            least = getCondition() == null ? 0 : Long.parseLong(getCondition().strip());
        } catch (NumberFormatException e) {
            throw new MessagingException("HasWaited needs a number of seconds, found '" + getCondition() + "'", e);
        }
    }

    @Override public Collection<MailAddress> match(Mail mail) {
        return AttributeUtils.getValueAndCastFromMail(mail, Greylist.WAITED, Long.class)
            .filter(waited -> waited >= least).isPresent() ? mail.getRecipients() : List.of();
    }
}
