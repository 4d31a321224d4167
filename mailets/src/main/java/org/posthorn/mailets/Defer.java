package org.posthorn.mailets;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.Manifest;
import org.posthorn.mailets.port.ReplyText;

/**
 * Says not now: in session the client hears the reply, after the 250 the mail is processed again later.
 *
 * <p>Parameter {@code reply}: of class 4, default {@code 451 4.7.1 Please try again later}.
 */
public final class Defer extends AnswerMailet {

    @Inject
    Defer(Disposition disposition) {
        super(disposition, Manifest.endingAnywhere("reply"));
    }

    @Override Answer answer() throws MessagingException {
        var written = getInitParameter("reply", "451 4.7.1 Please try again later");
        return new Answer.Defer(ReplyText.of("Defer", written, ReplyText.TRANSIENT));
    }
}
