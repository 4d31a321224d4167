package org.posthorn.mailets.matchers;

import jakarta.mail.MessagingException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.james.core.MailAddress;
import org.apache.mailet.AttributeUtils;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMatcher;

/**
 * Matches every recipient when the client authenticated as one of the users: {@code AuthenticatedAs=any}, an address
 * {@code ann@example.org}, or a whole domain {@code *@example.org}; several with commas. Case does not matter.
 */
public final class AuthenticatedAs extends GenericMatcher {

    private boolean anybody;
    private List<String> users = List.of();
    private List<String> domains = List.of();

    @Override public void init() throws MessagingException {
        var condition = getCondition() == null ? "" : getCondition();
        var names = Stream.of(condition.toLowerCase(Locale.ROOT).split("[,\\s]+")).filter(n -> !n.isEmpty()).toList();
        anybody = names.contains("any");
        domains = names.stream().filter(name -> name.startsWith("*@")).map(name -> name.substring(1)).toList();
        users = names.stream().filter(name -> !name.equals("any") && !name.startsWith("*@")).toList();
        for (var name : names) {
            if (!name.equals("any") && (name.indexOf('@') < 1 || name.endsWith("@") || name.lastIndexOf('*') > 0)) {
                throw new MessagingException(
                    "AuthenticatedAs: expected 'any', user@domain or *@domain, found '" + name + "'");
            }
        }
        if (names.isEmpty()) {
            throw new MessagingException(
                "AuthenticatedAs needs 'any', or users such as ann@example.org or *@example.org");
        }
    }

    @Override public Collection<MailAddress> match(Mail mail) {
        var user = AttributeUtils.getValueAndCastFromMail(mail, Mail.SMTP_AUTH_USER, String.class)
            .orElse("").toLowerCase(Locale.ROOT);
        var matches = !user.isEmpty()
            && (anybody || users.contains(user) || domains.stream().anyMatch(user::endsWith));
        return matches ? mail.getRecipients() : List.of();
    }
}
