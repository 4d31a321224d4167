package org.posthorn.mailets;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.security.SecureRandom;
import org.apache.mailet.Mail;
import org.posthorn.mailets.port.Disposition;

/**
 * Tells the sender in words that the mail was not delivered; {@link DSNBounce} does it in the form that programs read
 * too. Nobody is told where the sender is {@code <>}. The mail goes on unless {@code passThrough} is false.
 */
public final class Bounce extends Resending {

    @Inject
    Bounce(Disposition disposition, SecureRandom random) {
        super(disposition, random, Profile.notice("reversepath", "auto-replied"));
    }

    @Override String words(Mail mail) throws MessagingException {
        return Notice.of(mail, written("message").orElse("Your message could not be delivered:"));
    }
}
