package org.posthorn.mailets.matchers;

import jakarta.mail.MessagingException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMatcher;

/**
 * Matches every recipient when the client's address lies in one of the networks, e.g.
 * {@code RemoteAddrInNetwork=192.0.2.0/24, 2001:db8::/32}. Names are not looked up.
 */
public final class RemoteAddrInNetwork extends GenericMatcher {

    private Networks networks = new Networks(List.of());   // replaced by init, before any mail comes

    @Override public void init() throws MessagingException {
        networks = Networks.parse("RemoteAddrInNetwork", Optional.ofNullable(getCondition()).orElse(""));
    }

    @Override public Collection<MailAddress> match(Mail mail) {
        return networks.contain(mail.getRemoteAddr()) ? mail.getRecipients() : List.of();
    }
}
