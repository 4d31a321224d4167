package org.posthorn.mailets;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.security.SecureRandom;
import org.apache.mailet.Mail;
import org.apache.mailet.base.AutomaticallySentMailDetector;
import org.posthorn.mailets.port.Disposition;

/**
 * Tells the sender about the mail, which goes on unless {@code passThrough} is false. Nobody is told where the sender
 * is {@code <>}, nor where a program or a list wrote the mail (RFC 3834 section 2).
 */
public final class NotifySender extends Resending {

    private final AutomaticallySentMailDetector automatic;

    @Inject
    NotifySender(Disposition disposition, SecureRandom random, AutomaticallySentMailDetector automatic) {
        super(disposition, random, Profile.notice("sender", "auto-replied").withTo());
        this.automatic = automatic;
    }

    @Override String words(Mail mail) throws MessagingException {
        return Notice.of(mail, written("message").orElse("This is about a message of yours:"));
    }

    @Override boolean mayAnswer(Mail mail) throws MessagingException {
        return !automatic.isAutomaticallySent(mail);
    }
}
