package org.posthorn.server.chain;

import jakarta.mail.internet.AddressException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.james.core.MailAddress;
import org.apache.james.core.MaybeSender;
import org.posthorn.mailets.port.AddressLiterals;
import org.posthorn.protocols.address.AddressLiteral;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;

/** Our addresses as James's, and back: the one conversion there is. */
public final class Addresses {

    private static final int IPV6_OCTETS = 16;
    private static final Pattern HEX = Pattern.compile("[0-9a-f]+");
    private static final Pattern HEX_GROUP = Pattern.compile("[0-9a-f]{4}");
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
        return new Mailbox(unquoted(address.getLocalPart()), literal ? "[" + domain + "]"
            : domain.endsWith(AddressLiterals.IPV6) ? literal(domain) : domain);
    }

    /** The literal that a domain of ours stands for; itself where it is another one. */
    private static String literal(String domain) {
        var digits = domain.substring(0, domain.length() - AddressLiterals.IPV6.length());
        if (digits.length() != 2 * IPV6_OCTETS || !HEX.matcher(digits).matches()) {
            return domain;
        }
        var groups = HEX_GROUP.matcher(digits).replaceAll("$0:");
        return AddressLiteral.canonical("[IPv6:" + groups.substring(0, groups.length() - 1) + "]").toOptional()
            .orElse(domain);
    }

    /** The domain as James can hold it: of literals those of IPv4 alone, so the others go by a name of ours. */
    private static String domain(Mailbox mailbox) {
        var domain = mailbox.domain();
        return domain.startsWith("[IPv6:") ? HexFormat.of().formatHex(octets(InetAddress.ofLiteral(
            domain.substring("[IPv6:".length(), domain.length() - 1)))) + AddressLiterals.IPV6 : domain;
    }

    /** Sixteen; the JDK makes an IPv4 address of one that was mapped into IPv6. */
    private static byte[] octets(InetAddress address) {
        var octets = address.getAddress();
        if (octets.length == IPV6_OCTETS) {
            return octets;
        }
        return ByteBuffer.allocate(IPV6_OCTETS).putShort(10, (short) -1).put(12, octets).array();
    }

    /** The sender of a mailet's mail as ours. */
    public static ReversePath path(MaybeSender sender) {
        return sender.asOptional().<ReversePath>map(address -> ReversePath.of(mailbox(address)))
            .orElseGet(ReversePath::none);
    }

    /** James reads a local part in UTF-8 (RFC 6531) between quotes only. */
    private static String written(Mailbox mailbox) {
        var text = mailbox.toString();
        if (mailbox.isAscii() || text.startsWith("\"")) {
            return mailbox.domain().startsWith("[") ? new Mailbox(mailbox.localPart(), domain(mailbox)).toString()
                : text;
        }
        return "\"" + mailbox.localPart() + "\"@" + domain(mailbox);
    }

    /** The same octets on both sides: so are all but literals, quoted local parts and the like. */
    private static boolean isLike(MailAddress there, Mailbox mailbox) {
        return there.getLocalPart().equals(mailbox.localPart())
            && there.getDomain().asString().equals(mailbox.domain()) && !mailbox.localPart().startsWith("\"")
            && !isDigit(mailbox.domain().charAt(mailbox.domain().length() - 1))
            && !mailbox.domain().endsWith(AddressLiterals.IPV6);
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
