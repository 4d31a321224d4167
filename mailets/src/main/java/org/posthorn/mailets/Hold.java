package org.posthorn.mailets;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.Manifest;

/**
 * Keeps the mail until an operator releases or removes it. A released mail passes every Hold, so another step must
 * follow.
 *
 * <p>Parameter {@code name}: under which it is held, letters, digits and dashes, default {@code hold}.
 */
public final class Hold extends AnswerMailet {

    @Inject
    Hold(Disposition disposition) {
        super(disposition, Manifest.endingRecipients("name").passing());
    }

    @Override Answer answer() throws MessagingException {
        var name = getInitParameter("name", "hold");
        if (!name.matches("[A-Za-z0-9-]{1,40}")) {
            throw new MessagingException(
                "Hold: <name> must be 1 to 40 letters, digits and dashes, found '" + name + "'");
        }
        return new Answer.Hold(name);
    }
}
