package org.posthorn.mailets;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.security.SecureRandom;
import org.posthorn.mailets.port.Disposition;

/**
 * As {@link Resend}, with other defaults: the text of the mail in a new message, {@code recipients} and {@code to}
 * stand for each other, and the reverse path is the {@code sender}.
 */
public final class Redirect extends Resending {

    @Inject
    Redirect(Disposition disposition, SecureRandom random) {
        super(disposition, random, Profile.passingOn("body"));
    }

    @Override String value(String key) throws MessagingException {
        var written = written(key);
        return written.isPresent() ? written.get() : switch (key) {
            case "recipients" -> written("to").orElse("unaltered");
            case "to" -> written("recipients").orElse("unaltered");
            case "reversePath" -> written("sender").orElse("unaltered");
            default -> super.value(key);
        };
    }
}
