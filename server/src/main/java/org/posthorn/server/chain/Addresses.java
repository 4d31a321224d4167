package org.posthorn.server.chain;

import jakarta.mail.internet.AddressException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.james.core.MailAddress;
import org.apache.james.core.MaybeSender;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;

/** Our addresses as James's, and back: the one conversion there is. */
public final class Addresses {

    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    private Addresses() {
    }

    /** The mailbox as a mailet sees it; empty for the few that James's address cannot hold. */
    public static Optional<MailAddress> james(Mailbox mailbox) {
        try {
            // What does not come back as it went would be somebody else's address.
            var there = new MailAddress(written(mailbox));
            return isLike(there, mailbox) || same(mailbox(there), mailbox) ? Optional.of(there) : Optional.empty();
        } catch (AddressException e) {
            return Optional.empty();
        }
    }

    /** The reverse path as a mailet sees it; empty for the few that James's address cannot hold. */
    public static Optional<MaybeSender> james(ReversePath sender) {
        return switch (sender) {
            case ReversePath.Null _ -> Optional.of(MaybeSender.nullSender());
            case ReversePath.Sender(var mailbox) -> james(mailbox).map(MaybeSender::of);
        };
    }

    /** The address of a mailet as ours. */
    public static Mailbox mailbox(MailAddress address) {
        var domain = address.getDomain().asString().toLowerCase(Locale.ROOT);
        // James leaves the brackets of an address literal out.
        var literal = isDigit(domain.charAt(domain.length() - 1)) && IPV4.matcher(domain).matches();
        return new Mailbox(unquoted(address.getLocalPart()), literal ? "[" + domain + "]" : domain);
    }

    /** The sender of a mailet's mail as ours. */
    public static ReversePath path(MaybeSender sender) {
        return sender.asOptional().<ReversePath>map(address -> ReversePath.of(mailbox(address)))
            .orElseGet(ReversePath::none);
    }

    /** James reads a local part in UTF-8 (RFC 6531) between quotes only. */
    private static String written(Mailbox mailbox) {
        var text = mailbox.toString();
        return mailbox.isAscii() || text.startsWith("\"") ? text
            : "\"" + mailbox.localPart() + "\"@" + mailbox.domain();
    }

    /** The same octets on both sides: so are all but literals, quoted local parts and the like. */
    private static boolean isLike(MailAddress there, Mailbox mailbox) {
        return there.getLocalPart().equals(mailbox.localPart())
            && there.getDomain().asString().equals(mailbox.domain()) && !mailbox.localPart().startsWith("\"")
            && !isDigit(mailbox.domain().charAt(mailbox.domain().length() - 1));
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean same(Mailbox one, Mailbox other) {
        return one.localPart().equals(other.localPart()) && one.domain().equalsIgnoreCase(other.domain());
    }

    private static String unquoted(String localPart) {
        if (localPart.length() < 2 || !localPart.startsWith("\"") || !localPart.endsWith("\"")) {
            return localPart;
        }
        return localPart.substring(1, localPart.length() - 1).replaceAll("\\\\(.)", "$1");
    }
}
