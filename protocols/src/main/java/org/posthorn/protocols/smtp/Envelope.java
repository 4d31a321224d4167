package org.posthorn.protocols.smtp;

import java.util.List;
import org.posthorn.protocols.address.ReversePath;

/**
 * The envelope of one mail transaction, as far as it has been given (RFC 5321 section 2.3.1).
 *
 * @param sender the reverse path
 * @param parameters of MAIL FROM
 * @param recipients the accepted ones, in the order of their RCPT commands
 */
public record Envelope(ReversePath sender, MailParameters parameters, List<Recipient> recipients) {

    /** Copies the list. */
    public Envelope {
        recipients = List.copyOf(recipients);
    }
}
