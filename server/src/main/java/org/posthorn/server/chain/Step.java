package org.posthorn.server.chain;

import jakarta.mail.MessagingException;
import java.util.List;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mailet;
import org.apache.mailet.Matcher;

/**
 * One {@code <mailet>} of a processor.
 *
 * @param matcher which recipients it is for
 * @param inverted {@code notmatch}: those that the matcher does not name
 * @param mailet what is done with them
 * @param onMatch when the matcher throws
 * @param onMailet when the mailet throws
 * @param rule the step's name in logs and histories, such as
 *     {@code root#3 RecipientIsLocal LocalDelivery (processors.xml:41)}
 */
record Step(Matcher matcher, boolean inverted, Mailet mailet, OnException onMatch, OnException onMailet, String rule) {

    /**
     * The recipients that this step is for, in the mail's order.
     *
     * @throws MessagingException when the matcher does, or when it names somebody who is no recipient of the mail
     */
    List<MailAddress> match(PosthornMail mail) throws MessagingException {
        return Matching.of(matcher, inverted, mail);
    }
}
