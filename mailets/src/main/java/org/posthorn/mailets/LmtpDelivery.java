package org.posthorn.mailets;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.LmtpTarget;
import org.posthorn.mailets.port.Manifest;

/**
 * Routes the mail to a mail store, such as Dovecot, by LMTP (RFC 2033). The delivery itself is done later, by the agent
 * {@code lmtp}.
 *
 * <p>Parameter {@code to}: {@code HOST:PORT}, or {@code unix:PATH} of a socket.
 */
public final class LmtpDelivery extends AnswerMailet {

    @Inject
    LmtpDelivery(Disposition disposition) {
        super(disposition, Manifest.endingAccepted("to"));
    }

    @Override Answer answer() throws MessagingException {
        var to = getInitParameter("to", "").strip();
        if (to.isEmpty()) {
            throw new MessagingException("LmtpDelivery: needs <to>HOST:PORT</to> or <to>unix:PATH</to>");
        }
        try {
            return new Answer.Route("lmtp", LmtpTarget.parse(to).toString());
        } catch (IllegalArgumentException e) {
            throw new MessagingException("LmtpDelivery: <to>: " + e.getMessage() + ", found '" + to + "'", e);
        }
    }
}
