package org.posthorn.mailets;

import jakarta.inject.Inject;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.Manifest;

/** Drops the mail without a word to its sender; the message's history names the rule. Not at connect. */
public final class Discard extends AnswerMailet {

    @Inject
    Discard(Disposition disposition) {
        super(disposition, Manifest.endingRecipients());
    }

    @Override Answer answer() {
        return new Answer.Discard();
    }
}
