package org.posthorn.server.chain;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
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
    @SuppressWarnings("ReferenceEquality")   // it names all who gives the mail's own list back, as most do
    static List<MailAddress> of(Matcher matcher, boolean inverted, Mail mail) throws MessagingException {
        var all = List.copyOf(mail.getRecipients());
        var answer = matcher.match(mail);
        if (answer == null || answer.isEmpty()) {
            return inverted ? all : List.of();
        }
        if (answer == all) {
            return inverted ? List.of() : all;
        }
        var known = all.size() == 1 ? all : new HashSet<>(all);
        for (var recipient : answer) {
            if (!known.contains(recipient)) {
                throw new MessagingException("matcher " + matcher.getClass().getSimpleName() + " named " + recipient
                    + ", who is no recipient of the mail");
            }
        }
        if (all.size() == 1) {
            return inverted ? List.of() : all;
        }
        var named = new HashSet<>(answer);
        var some = new ArrayList<MailAddress>();
        for (var recipient : all) {
            if (named.contains(recipient) != inverted) {
                some.add(recipient);
            }
        }
        return List.copyOf(some);
    }
}
