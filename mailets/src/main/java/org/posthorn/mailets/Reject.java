package org.posthorn.mailets;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.Manifest;
import org.posthorn.mailets.port.ReplyText;

/**
 * Says no, for good: in session the client hears the reply, after the 250 the sender gets a report with it.
 *
 * <p>Parameter {@code reply}: of class 5, default {@code 550 5.7.1 Refused by local policy}.
 */
public final class Reject extends AnswerMailet {

    @Inject
    Reject(Disposition disposition) {
        super(disposition, Manifest.endingAnywhere("reply"));
    }

    @Override Answer answer() throws MessagingException {
        var written = getInitParameter("reply", "550 5.7.1 Refused by local policy");
        return new Answer.Reject(ReplyText.of("Reject", written, ReplyText.PERMANENT));
    }
}
