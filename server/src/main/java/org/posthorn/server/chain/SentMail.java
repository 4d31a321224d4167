package org.posthorn.server.chain;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Recipient;

/**
 * A mail that a mailet sent: it enters the spool in the same change that settles the mail which the mailet served.
 *
 * @param sender its reverse path
 * @param recipients at least one
 * @param message its octets
 * @param attributes as {@link AttributesText} writes them
 * @param start where and when
 */
public record SentMail(ReversePath sender, List<Recipient> recipients, MailMessage message, String attributes,
                       Start start) {

    /** Copies the list. */
    public SentMail {
        recipients = List.copyOf(recipients);
    }

    /**
     * How it begins.
     *
     * @param processor where
     * @param delay not before that time has passed
     * @param heldAs under which name it is held from the beginning; empty where it is not
     */
    public record Start(String processor, Duration delay, Optional<String> heldAs) {
    }
}
