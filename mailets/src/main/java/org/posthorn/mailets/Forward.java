package org.posthorn.mailets;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.security.SecureRandom;
import java.util.Set;
import org.posthorn.mailets.port.Disposition;

/**
 * Sends the mail as it is to others: parameter {@code forwardTo}, addresses with commas. The mail in hand ends unless
 * {@code passThrough} is true. The reverse path stays.
 */
public final class Forward extends Resending {

    @Inject
    Forward(Disposition disposition, SecureRandom random) {
        super(disposition, random, Profile.passingOn("unaltered").with(Set.of("forwardTo", "passThrough")));
    }

    @Override String value(String key) throws MessagingException {
        if (!key.equals("recipients")) {
            return super.value(key);
        }
        return written("forwardTo").orElseThrow(() -> new MessagingException(
            "Forward needs <forwardTo>, the addresses that the mail is sent to"));
    }
}
