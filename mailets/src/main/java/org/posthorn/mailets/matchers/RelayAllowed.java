package org.posthorn.mailets.matchers;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.util.Collection;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMatcher;
import org.posthorn.mailets.port.RelayClient;
import org.posthorn.mailets.port.RelayRules;

/**
 * Matches recipients to whom we pass this client's mail on: all of them for an authenticated user, a listed network or
 * a listed client certificate, and everyone's mail to a relay domain. A hosted domain is not relaying: it is not
 * matched as such.
 */
public final class RelayAllowed extends GenericMatcher {

    private final RelayRules rules;

    @Inject
    RelayAllowed(RelayRules rules) {
        this.rules = rules;
    }

    @Override public void init() throws MessagingException {
        if (getCondition() != null && !getCondition().isBlank()) {
            throw new MessagingException("RelayAllowed takes no condition, found '" + getCondition()
                + "'; networks and domains stand in relay.xml");
        }
    }

    @Override public Collection<MailAddress> match(Mail mail) {
        var client = RelayClient.of(mail);
        return mail.getRecipients().stream()
            .filter(recipient -> rules.rule(client, recipient.getDomain().asString()).isPresent())
            .toList();
    }
}
