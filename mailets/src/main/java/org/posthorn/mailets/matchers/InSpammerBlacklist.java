package org.posthorn.mailets.matchers;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMatcher;
import org.posthorn.mailets.port.NameService;
import org.posthorn.mailets.port.Network;

/**
 * Matches every recipient when a DNS block list names the client's address: {@code InSpammerBlacklist=zen.example} (RFC
 * 5782). An answer counts only if it lies in 127.0.0.0/8: a list that is gone must not block all mail. One that cannot
 * be asked now blocks nobody; the server logs that.
 */
public final class InSpammerBlacklist extends GenericMatcher {

    private static final Network ANSWERS = Network.parse("127.0.0.0/8");

    private final NameService names;
    private String list = "";

    @Inject
    InSpammerBlacklist(NameService names) {
        this.names = names;
    }

    @Override public void init() throws MessagingException {
        var condition = getCondition() == null ? "" : getCondition().strip();
        list = condition.startsWith(".") ? condition.substring(1) : condition;
        if (!list.matches("(?i)[a-z0-9_-]+(\\.[a-z0-9_-]+)+\\.?")) {
            throw new MessagingException("InSpammerBlacklist needs the domain of one block list, such as "
                + "InSpammerBlacklist=zen.example, found '" + condition + "'");
        }
    }

    @Override public Collection<MailAddress> match(Mail mail) {
        return reversed(mail.getRemoteAddr()).filter(this::isListed).isPresent() ? mail.getRecipients() : List.of();
    }

    private boolean isListed(String reversed) {
        return switch (names.ipv4Addresses(reversed + "." + list)) {
            case NameService.Answer.Found<InetAddress>(var found) ->
                found.stream().anyMatch(answer -> ANSWERS.contains(answer.getHostAddress()));
            case NameService.Answer.None<InetAddress> _, NameService.Answer.Unknown<InetAddress> _ -> false;
        };
    }

    /** An address as it stands in front of a list: octets or hexadecimal digits, backwards (sections 2.1 and 2.4). */
    static Optional<String> reversed(String text) {
        var scope = text.indexOf('%');
        var parts = new ArrayList<String>();
        try {
            var octets = InetAddress.ofLiteral(scope < 0 ? text : text.substring(0, scope)).getAddress();
            for (var octet : octets) {
                if (octets.length == 4) {
                    parts.add(String.valueOf(octet & 255));
                } else {
                    parts.add(Integer.toHexString(octet >> 4 & 15));
                    parts.add(Integer.toHexString(octet & 15));
                }
            }
        } catch (IllegalArgumentException e) {
            return Optional.empty();   // a mail that no client brought has no address
        }
        return Optional.of(String.join(".", parts.reversed()));
    }
}
