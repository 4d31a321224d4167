package org.posthorn.mailets;

import jakarta.inject.Inject;
import java.security.SecureRandom;
import org.posthorn.mailets.port.Disposition;

/**
 * Sends the mail once more, as it is or in another form, in place of the mail in hand or beside it. James's names and
 * parameters: {@code recipients}, {@code to}, {@code sender}, {@code replyTo}, {@code reversePath}, {@code message},
 * {@code inline}, {@code attachment}, {@code attachError}, {@code passThrough}, {@code subject}, {@code prefix},
 * {@code isReply}.
 */
public final class Resend extends Resending {

    @Inject
    Resend(Disposition disposition, SecureRandom random) {
        super(disposition, random, Profile.passingOn("unaltered"));
    }
}
