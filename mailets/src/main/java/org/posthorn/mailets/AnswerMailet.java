package org.posthorn.mailets;

import jakarta.mail.MessagingException;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMailet;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.Described;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.Manifest;

/** A mailet that gives every mail its answer, worked out in {@code init} as far as that can be. */
abstract class AnswerMailet extends GenericMailet implements Described {

    private final Disposition disposition;
    private final Manifest manifest;
    private Answer answer = new Answer.Discard();   // replaced by init, before any mail comes

    AnswerMailet(Disposition disposition, Manifest manifest) {
        this.disposition = disposition;
        this.manifest = manifest;
    }

    /** Reads the parameters. */
    abstract Answer answer() throws MessagingException;

    /** The answer for one mail: the same for all, unless something of the mail has to be put in. */
    Answer answer(Mail mail, Answer usual) {
        return usual;
    }

    @Override public final Manifest manifest() {
        return manifest;
    }

    @Override public final void init() throws MessagingException {
        answer = answer();
    }

    @Override public final void service(Mail mail) {
        disposition.answer(mail, answer(mail, answer));
    }

    @Override public final String getMailetInfo() {
        return getClass().getSimpleName();
    }
}
