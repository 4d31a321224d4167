package org.posthorn.server.chain;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.james.core.MailAddress;
import org.posthorn.protocols.smtp.Recipient;

/** The DSN parameters of those who come in a recipient's place: they inherit its own (RFC 3461 section 5.2.7). */
final class Lineage {

    private Lineage() {
    }

    static Map<MailAddress, Recipient> of(PosthornMail mail, MailAddress from, Collection<MailAddress> targets) {
        var parent = mail.parameters(from);
        var original = parent.originalRecipient().isEmpty() && parent.mailbox().isAscii()
            ? "rfc822;" + xtext(parent.mailbox().toString())
            : parent.originalRecipient();
        var children = new LinkedHashMap<MailAddress, Recipient>();
        for (var target : targets) {
            children.put(target, new Recipient(Addresses.mailbox(target), parent.notifyOn(), original));
        }
        return children;
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
