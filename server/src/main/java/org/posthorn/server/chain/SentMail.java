package org.posthorn.server.chain;

import java.time.Duration;
import java.util.List;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Recipient;

/**
 * A mail that a mailet sent: it enters the spool in the same change that settles the mail which the mailet served.
 *
 * @param sender its reverse path
 * @param recipients at least one
 * @param message its octets
 * @param attributes as {@link AttributesText} writes them
 * @param processor where it begins
 * @param delay not before that time has passed
 */
public record SentMail(ReversePath sender, List<Recipient> recipients, MailMessage message, String attributes,
                       String processor, Duration delay) {

    /** Copies the list. */
    public SentMail {
        recipients = List.copyOf(recipients);
    }
}
