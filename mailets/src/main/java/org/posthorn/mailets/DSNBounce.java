package org.posthorn.mailets;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.Manifest;
import org.posthorn.mailets.port.ReplyText;

/**
 * Reports the mail's recipients to its sender as failed (RFC 3464). Nobody is told where the sender is {@code <>}.
 * After the 250 only: before it, {@link Reject} tells the client.
 *
 * <p>Parameter {@code reply}: why, of class 5, default {@code 550 5.0.0 The message could not be delivered}.
 */
public final class DSNBounce extends AnswerMailet {

    @Inject
    DSNBounce(Disposition disposition) {
        super(disposition, Manifest.endingAccepted("reply"));
    }

    @Override Answer answer() throws MessagingException {
        var written = getInitParameter("reply", "550 5.0.0 The message could not be delivered");
        return new Answer.Reject(ReplyText.of("DSNBounce", written, ReplyText.PERMANENT));
    }
}
