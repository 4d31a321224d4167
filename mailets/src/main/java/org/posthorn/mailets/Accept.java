package org.posthorn.mailets;

import jakarta.inject.Inject;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.Manifest;

/** Takes the connection, recipient or message, and asks no further step of this processor. In session only. */
public final class Accept extends AnswerMailet {

    @Inject
    Accept(Disposition disposition) {
        super(disposition, Manifest.endingInSession());
    }

    @Override Answer answer() {
        return new Answer.Accept();
    }
}
