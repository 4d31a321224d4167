package org.posthorn.server.chain;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.james.core.MailAddress;
import org.posthorn.protocols.smtp.Recipient;

/** The DSN parameters of those who come in a recipient's place: they inherit its own (RFC 3461 section 5.2.7). */
public final class Lineage {

    private Lineage() {
    }

    /** By target, one recipient for each that the address was named as: each of them is reported on for itself. */
    static Map<MailAddress, List<Recipient>> of(PosthornMail mail, MailAddress from,
                                                Collection<MailAddress> targets) {
        var children = new LinkedHashMap<MailAddress, List<Recipient>>();
        for (var target : targets) {
            children.put(target, mail.parameters(from).stream()
                .map(parent -> child(parent, target)).toList());
        }
        return children;
    }

    /** The recipient that comes at that address in the place of another. */
    public static Recipient child(Recipient parent, MailAddress target) {
        return new Recipient(Addresses.mailbox(target), parent.notifyOn(), original(parent));
    }

    private static String original(Recipient parent) {
        return parent.originalRecipient().isEmpty() && parent.mailbox().isAscii()
            ? "rfc822;" + xtext(parent.mailbox().toString())
            : parent.originalRecipient();
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
