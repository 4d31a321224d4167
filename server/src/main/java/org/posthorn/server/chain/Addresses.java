package org.posthorn.server.chain;

import jakarta.mail.internet.AddressException;
import java.util.Locale;
import java.util.Optional;
import org.apache.james.core.MailAddress;
import org.apache.james.core.MaybeSender;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;

/** Our addresses as James's, and back: the one conversion there is. */
public final class Addresses {

    private Addresses() {
    }

    /** The mailbox as a mailet sees it; empty for the few that James's address cannot hold. */
    public static Optional<MailAddress> james(Mailbox mailbox) {
        try {
            return Optional.of(new MailAddress(mailbox.toString()));
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
        return new Mailbox(unquoted(address.getLocalPart()), address.getDomain().asString().toLowerCase(Locale.ROOT));
    }

    /** The sender of a mailet's mail as ours. */
    public static ReversePath path(MaybeSender sender) {
        return sender.asOptional().<ReversePath>map(address -> ReversePath.of(mailbox(address)))
            .orElseGet(ReversePath::none);
    }

    private static String unquoted(String localPart) {
        if (localPart.length() < 2 || !localPart.startsWith("\"") || !localPart.endsWith("\"")) {
            return localPart;
        }
        return localPart.substring(1, localPart.length() - 1).replaceAll("\\\\(.)", "$1");
    }
}
