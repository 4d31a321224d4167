package org.posthorn.protocols.smtp;

import java.util.Set;
import org.posthorn.protocols.address.Mailbox;

/**
 * One RCPT TO and its DSN parameters (RFC 5321 section 4.1.1.3, RFC 3461 section 4.1 and 4.2).
 *
 * @param mailbox the forward path
 * @param notifyOn what NOTIFY asked for; empty when it was not given
 * @param originalRecipient ORCPT as {@code addr-type;xtext}, undecoded; empty when it was not given
 */
public record Recipient(Mailbox mailbox, Set<Notify> notifyOn, String originalRecipient) {

    /** Copies the set. */
    public Recipient {
        notifyOn = Set.copyOf(notifyOn);
        if (notifyOn.contains(Notify.NEVER) && notifyOn.size() > 1) {
            throw new IllegalArgumentException("NOTIFY=NEVER stands alone (RFC 3461 section 4.1)");
        }
    }

    /** A recipient without DSN parameters. */
    public static Recipient of(Mailbox mailbox) {
        return new Recipient(mailbox, Set.of(), "");
    }

    /** The same recipient under another address; what its sender asked for goes with it. */
    public Recipient to(Mailbox other) {
        return new Recipient(other, notifyOn, originalRecipient);
    }

    /** When the sender wants to hear (RFC 3461 section 4.1). */
    public enum Notify { NEVER, SUCCESS, FAILURE, DELAY }
}
