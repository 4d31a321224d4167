package org.posthorn.mailets;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.Manifest;
import org.posthorn.mailets.port.ReplyText;

/**
 * Says the reply and closes the connection. In session only.
 *
 * <p>Parameter {@code reply}: 421 or of class 5, default {@code 421 4.7.0 Closing the connection} (RFC 5321 section
 * 3.8).
 */
public final class Disconnect extends AnswerMailet {

    @Inject
    Disconnect(Disposition disposition) {
        super(disposition, Manifest.endingInSession("reply"));
    }

    @Override Answer answer() throws MessagingException {
        var reply = ReplyText.of("Disconnect", getInitParameter("reply", "421 4.7.0 Closing the connection"),
            ReplyText.TRANSIENT + ReplyText.PERMANENT);
        if (reply.text().startsWith(ReplyText.TRANSIENT) && !reply.text().startsWith("421 ")) {
            throw new MessagingException("Disconnect: <reply> must be 421 or of class 5, found '" + reply + "'");
        }
        return new Answer.Disconnect(reply);
    }
}
