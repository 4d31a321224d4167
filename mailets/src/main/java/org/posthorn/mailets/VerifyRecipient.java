package org.posthorn.mailets;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.util.Set;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMailet;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.Described;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.Manifest;
import org.posthorn.mailets.port.ReplyText;
import org.posthorn.mailets.port.Stage;
import org.posthorn.mailets.port.Verification;
import org.posthorn.mailets.port.Verification.Finding;

/**
 * Refuses recipients of relay domains whom the far side does not take: 550 5.1.1 with its words, or 451 4.4.1 when it
 * cannot be asked now. Only domains that relay.xml has with {@code verify="true"} are asked about; all others pass. In
 * processor {@code rcpt} only, without parameters.
 */
public final class VerifyRecipient extends GenericMailet implements Described {

    private static final int MOST_WORDS = 300;   // characters of the far side's words that we repeat

    private final Verification verification;
    private final Disposition disposition;

    @Inject
    VerifyRecipient(Verification verification, Disposition disposition) {
        this.verification = verification;
        this.disposition = disposition;
    }

    @Override public Manifest manifest() {
        return new Manifest(Set.of(), Set.of(Stage.RCPT), false);
    }

    @Override public void service(Mail mail) throws MessagingException {
        for (var recipient : mail.getRecipients()) {
            switch (verification.about(recipient)) {
                case Finding.NotVerified(), Finding.Taken() -> { }
                case Finding.Refused(var said) ->
                    disposition.answer(mail, new Answer.Reject(reply("550 5.1.1 Not taken there: ", said)));
                case Finding.Unanswered(_, var take) when take -> { }
                case Finding.Unanswered(var why, _) ->
                    disposition.answer(mail, new Answer.Defer(reply("451 4.4.1 Cannot be verified now: ", why)));
            }
        }
    }

    private static ReplyText reply(String ours, String theirs) throws MessagingException {
        var words = theirs.replaceAll("[^ -~]+", " ").strip();
        return ReplyText.of("VerifyRecipient", ours + (words.length() > MOST_WORDS
            ? words.substring(0, MOST_WORDS).strip() + "..." : words.isEmpty() ? "no reason given" : words), "45");
    }

    @Override public String getMailetInfo() {
        return "VerifyRecipient";
    }
}
