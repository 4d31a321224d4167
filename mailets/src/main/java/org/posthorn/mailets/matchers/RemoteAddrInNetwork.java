package org.posthorn.mailets.matchers;

import jakarta.mail.MessagingException;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMatcher;
import org.posthorn.mailets.port.Network;

/**
 * Matches every recipient when the client's address lies in one of the networks, e.g.
 * {@code RemoteAddrInNetwork=192.0.2.0/24, 2001:db8::/32}. Names are not looked up.
 */
public final class RemoteAddrInNetwork extends GenericMatcher {

    private List<Network> networks = List.of();

    @Override public void init() throws MessagingException {
        var condition = getCondition() == null ? "" : getCondition();
        try {
            networks = Stream.of(condition.split("[,\\s]+"))
                .filter(text -> !text.isEmpty()).map(Network::parse).toList();
        } catch (IllegalArgumentException e) {
            throw new MessagingException("RemoteAddrInNetwork: " + e.getMessage(), e);
        }
        if (networks.isEmpty()) {
            throw new MessagingException("RemoteAddrInNetwork needs networks, e.g. RemoteAddrInNetwork=192.0.2.0/24");
        }
    }

    @Override public Collection<MailAddress> match(Mail mail) {
        var address = mail.getRemoteAddr();
        return networks.stream().anyMatch(network -> network.contains(address)) ? mail.getRecipients() : List.of();
    }
}
