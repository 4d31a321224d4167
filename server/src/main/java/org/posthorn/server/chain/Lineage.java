package org.posthorn.server.chain;

import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.james.core.MailAddress;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.smtp.Recipient.Notify;
import org.posthorn.protocols.smtp.Xtext;
import org.posthorn.server.spool.QueuedRecipient;

/**
 * The DSN parameters of those who come in a recipient's place (RFC 3461 section 5.2.7): one alone inherits them.
 * Several, or others beside the recipient itself, do not inherit SUCCESS: of that the alias is reported, as "expanded",
 * or the recipient.
 */
public final class Lineage {

    private Lineage() {
    }

    /** By target, one recipient for each that the address was named as: each of them is reported on for itself. */
    static Map<MailAddress, List<Recipient>> of(PosthornMail mail, MailAddress from,
                                                Collection<MailAddress> targets, boolean alone) {
        var children = new LinkedHashMap<MailAddress, List<Recipient>>();
        for (var target : targets) {
            children.put(target, mail.parameters(from).stream()
                .map(parent -> alone ? child(parent, target) : silent(child(parent, target))).toList());
        }
        return children;
    }

    /** The recipient that comes at that address in the place of another. */
    public static Recipient child(Recipient parent, MailAddress target) {
        return new Recipient(Addresses.mailbox(target), parent.notifyOn(), original(parent));
    }

    /** Not to be reported when it is delivered: what is left of NOTIFY, and that is not nothing. */
    private static Recipient silent(Recipient one) {
        if (!one.notifyOn().contains(Notify.SUCCESS)) {
            return one;
        }
        var rest = EnumSet.copyOf(one.notifyOn());
        rest.remove(Notify.SUCCESS);
        return new Recipient(one.mailbox(), rest.isEmpty() ? Set.of(Notify.NEVER) : rest, one.originalRecipient());
    }

    /** How often the sender was told of the delay of those in whose place one comes: of that it is not told again. */
    public static int notices(Recipient child, Collection<List<QueuedRecipient>> parents) {
        return parents.stream().flatMap(List::stream)
            .filter(parent -> original(parent.recipient()).equals(child.originalRecipient()))
            .mapToInt(parent -> parent.state().notices()).max().orElse(0);
    }

    private static String original(Recipient parent) {
        var address = parent.mailbox().toString();
        return !parent.originalRecipient().isEmpty() ? parent.originalRecipient()
            : parent.mailbox().isAscii() ? "rfc822;" + xtext(address) : "utf-8;" + utf8(address);
    }

    /** RFC 6533 section 3, utf-8-addr-xtext: plus and equals sign are escaped like what is beyond ASCII. */
    private static String utf8(String address) {
        return Xtext.unitext(address).replace("+", "\\x{2B}").replace("=", "\\x{3D}");
    }

    /** RFC 3461 section 4. */
    private static String xtext(String ascii) {
        var text = new StringBuilder(ascii.length());
        for (var i = 0; i < ascii.length(); i++) {
            var c = ascii.charAt(i);
            if (c < '!' || c > '~' || c == '+' || c == '=') {
                text.append(String.format("+%02X", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
