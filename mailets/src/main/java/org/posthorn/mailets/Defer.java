package org.posthorn.mailets;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.util.Optional;
import org.apache.mailet.Mail;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.AuthFacts;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.Manifest;
import org.posthorn.mailets.port.ReplyText;

/**
 * Says not now: in session the client hears the reply, after the 250 the mail is processed again later.
 *
 * <p>Parameter {@code reply}: of class 4, default {@code 451 4.7.1 Please try again later}. {@code ${spf.explanation}}
 * in it stands for what the sender's domain says to those who may not send for it.
 */
public final class Defer extends AnswerMailet {

    private final AuthFacts facts;
    private Optional<ReplyTemplate> template = Optional.empty();

    @Inject
    Defer(Disposition disposition, AuthFacts facts) {
        super(disposition, Manifest.endingAnywhere("reply"));
        this.facts = facts;
    }

    @Override Answer answer() throws MessagingException {
        var written = getInitParameter("reply", "451 4.7.1 Please try again later");
        template = Optional.of(ReplyTemplate.of(facts, "Defer", written, ReplyText.TRANSIENT));
        return new Answer.Defer(ReplyText.of("Defer", written, ReplyText.TRANSIENT));
    }

    @Override Answer answer(Mail mail, Answer usual) {
        return template.<Answer>map(words -> new Answer.Defer(words.reply(mail))).orElse(usual);
    }
}
