package org.posthorn.server.chain;

import java.util.List;
import org.apache.james.core.MailAddress;

/**
 * Where the way of some recipients through the processors ended.
 *
 * @param mail the part of the mail they ended with: its message and attributes are theirs
 * @param recipients who
 * @param fate what was decided
 * @param rule by which step, such as {@code root#3 RecipientIsLocal LocalDelivery (processors.xml:41)}
 */
public record Ending(PosthornMail mail, List<MailAddress> recipients, Fate fate, String rule) {

    /** Copies the list. */
    public Ending {
        recipients = List.copyOf(recipients);
    }
}
