package org.posthorn.mailets.matchers;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMatcher;

/**
 * A matcher that looks at one recipient after the other. Whom it names is the mail's own list where that is all of
 * them, and mostly it is all or none: nothing is copied then, and nobody has to check what was copied.
 */
abstract class EachRecipient extends GenericMatcher {

    /** To be called by those that take no condition: one that is ignored would match more than was meant. */
    final void refuseCondition() throws MessagingException {
        if (getCondition() != null && !getCondition().isBlank()) {
            throw new MessagingException(
                getClass().getSimpleName() + " takes no condition, found '" + getCondition() + "'");
        }
    }

    /** Whether this recipient is named. */
    abstract boolean names(MailAddress recipient) throws MessagingException;

    @Override public final Collection<MailAddress> match(Mail mail) throws MessagingException {
        var all = mail.getRecipients();
        if (all == null || all.isEmpty()) {   // the Mailet API allows both
            return List.of();
        }
        if (all.size() == 1) {
            return names(all.iterator().next()) ? all : List.of();
        }
        var some = new ArrayList<MailAddress>();
        for (var recipient : all) {
            if (names(recipient)) {
                some.add(recipient);
            }
        }
        return some.size() == all.size() ? all : some;
    }
}
