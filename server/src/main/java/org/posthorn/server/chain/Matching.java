package org.posthorn.server.chain;

import jakarta.mail.MessagingException;
import java.util.HashSet;
import java.util.List;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;
import org.apache.mailet.Matcher;

/** Asks a matcher, and does not believe everything. */
final class Matching {

    private Matching() {
    }

    /**
     * The recipients that a matcher names, or that it does not name, in the mail's order.
     *
     * @throws MessagingException when the matcher does, or when it names somebody who is no recipient of the mail
     */
    static List<MailAddress> of(Matcher matcher, boolean inverted, Mail mail) throws MessagingException {
        var all = List.copyOf(mail.getRecipients());
        var answer = matcher.match(mail);
        var named = answer == null ? new HashSet<MailAddress>() : new HashSet<>(answer);
        for (var recipient : named) {
            if (!all.contains(recipient)) {
                throw new MessagingException("matcher " + matcher.getClass().getSimpleName() + " named " + recipient
                    + ", who is no recipient of the mail");
            }
        }
        return all.stream().filter(recipient -> named.contains(recipient) != inverted).toList();
    }
}
