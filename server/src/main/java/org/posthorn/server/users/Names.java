package org.posthorn.server.users;

import java.text.Normalizer;
import java.util.Locale;
import org.posthorn.protocols.address.AddressParser;
import org.posthorn.protocols.address.AddressResult;
import org.posthorn.protocols.address.DomainName;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.users.DirectoryException.Kind;

/**
 * How names that people type are read, and how names are compared: lower case, the local part in NFC (RFC 6532 section
 * 3.1), the domain as A-labels without trailing dot.
 */
public final class Names {

    private Names() {
    }

    /**
     * Reads {@code name@domain}.
     *
     * @return with the local part as it was written
     * @throws DirectoryException when it is no address
     */
    public static Mailbox mailbox(String text) {
        var trimmed = text.strip();
        var rooted = trimmed.endsWith(".") ? trimmed.substring(0, trimmed.length() - 1) : trimmed;
        return switch (AddressParser.smtpUtf8().mailbox(rooted)) {
            case AddressResult.Good<Mailbox>(var mailbox, _) -> mailbox;
            case AddressResult.Bad<Mailbox>(_, var why) -> throw invalid("'" + text + "' is no address, "
                + why + "; expected NAME@DOMAIN, such as ann@example.org");
        };
    }

    /**
     * Reads a domain name; U-labels become A-labels (RFC 5890).
     *
     * @throws DirectoryException when it is none
     */
    public static String domain(String text) {
        var trimmed = text.strip();
        var rooted = trimmed.endsWith(".") ? trimmed.substring(0, trimmed.length() - 1) : trimmed;
        return switch (DomainName.parse(rooted, true)) {
            case AddressResult.Good<String>(var domain, _) -> domain;
            case AddressResult.Bad<String>(_, var why) -> throw invalid("'" + text + "' is no domain name, "
                + why + "; expected one such as example.org");
        };
    }

    /** The form in which an address is stored and compared. */
    public static Mailbox folded(Mailbox address) {
        var localPart = folded(address.localPart());
        var domain = folded(address.domain());
        return localPart.equals(address.localPart()) && domain.equals(address.domain())
            ? address : new Mailbox(localPart, domain);
    }

    /** The form in which a local part is stored and compared. */
    static String folded(String localPart) {
        return Normalizer.normalize(localPart.toLowerCase(Locale.ROOT), Normalizer.Form.NFC);
    }

    /** What was typed is quoted in the message, which must stay one line. */
    private static DirectoryException invalid(String message) {
        return new DirectoryException(Kind.INVALID, message.replaceAll("\\p{Cntrl}", "?"));
    }
}
