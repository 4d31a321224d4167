package org.posthorn.mailets;

import jakarta.inject.Inject;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.Manifest;

/** Routes the mail to the mailboxes of this server. The delivery itself is done later, by the agent {@code local}. */
public final class LocalDelivery extends AnswerMailet {

    @Inject
    LocalDelivery(Disposition disposition) {
        super(disposition, Manifest.endingAccepted());
    }

    @Override Answer answer() {
        return new Answer.Route("local", "");
    }
}
