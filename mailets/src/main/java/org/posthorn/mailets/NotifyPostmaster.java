package org.posthorn.mailets;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.security.SecureRandom;
import org.apache.mailet.Mail;
import org.apache.mailet.base.AutomaticallySentMailDetector;
import org.posthorn.mailets.port.Disposition;

/**
 * Tells the postmaster about the mail, which goes on unless {@code passThrough} is false; but never about what a
 * program wrote: that could be such a notice itself.
 */
public final class NotifyPostmaster extends Resending {

    private final AutomaticallySentMailDetector automatic;

    @Inject
    NotifyPostmaster(Disposition disposition, SecureRandom random, AutomaticallySentMailDetector automatic) {
        super(disposition, random, Profile.notice("postmaster", "auto-generated").withTo());
        this.automatic = automatic;
    }

    @Override String words(Mail mail) throws MessagingException {
        return Notice.of(mail, written("message").orElse("This is about a message that passed here:"));
    }

    @Override boolean mayAnswer(Mail mail) throws MessagingException {
        return !automatic.isAutoSubmitted(mail);
    }
}
