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
 * Says no, for good: in session the client hears the reply, after the 250 the sender gets a report with it.
 *
 * <p>Parameter {@code reply}: of class 5, default {@code 550 5.7.1 Refused by local policy}. {@code ${spf.explanation}}
 * in it stands for what the sender's domain says to those who may not send for it.
 */
public final class Reject extends AnswerMailet {

    private final AuthFacts facts;
    private Optional<ReplyTemplate> template = Optional.empty();

    @Inject
    Reject(Disposition disposition, AuthFacts facts) {
        super(disposition, Manifest.endingAnywhere("reply"));
        this.facts = facts;
    }

    @Override Answer answer() throws MessagingException {
        var written = getInitParameter("reply", "550 5.7.1 Refused by local policy");
        template = Optional.of(ReplyTemplate.of(facts, "Reject", written, ReplyText.PERMANENT));
        return new Answer.Reject(ReplyText.of("Reject", written, ReplyText.PERMANENT));
    }

    @Override Answer answer(Mail mail, Answer usual) {
        return template.<Answer>map(words -> new Answer.Reject(words.reply(mail))).orElse(usual);
    }
}
