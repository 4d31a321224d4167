package org.posthorn.mailets;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.util.Locale;
import java.util.Set;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMailet;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.Described;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.Manifest;
import org.posthorn.mailets.port.ReplyText;
import org.posthorn.mailets.port.Stage;

/**
 * Reports the mail's recipients to its sender as failed (RFC 3464). Nobody is told where the sender is {@code <>}.
 * After the 250 only: before it, {@link Reject} tells the client.
 *
 * <p>Parameter {@code reply}: why, of class 5, default {@code 550 5.0.0 The message could not be delivered}. Parameter
 * {@code passThrough}: true reports, and the mail goes on; default false, where James's is true.
 */
public final class DSNBounce extends GenericMailet implements Described {

    private final Disposition disposition;
    private ReplyText reply = new ReplyText("550 5.0.0 The message could not be delivered");
    private boolean passThrough;

    @Inject
    DSNBounce(Disposition disposition) {
        this.disposition = disposition;
    }

    @Override public Manifest manifest() {
        return new Manifest(Set.of("reply", "passThrough"), Set.of(Stage.ACCEPTED), !passThrough);
    }

    @Override public void init() throws MessagingException {
        reply = ReplyText.of("DSNBounce", getInitParameter("reply", reply.text()), ReplyText.PERMANENT);
        var written = getInitParameter("passThrough", "false").strip().toLowerCase(Locale.ROOT);
        if (!written.equals("true") && !written.equals("false")) {
            throw new MessagingException("DSNBounce: <passThrough> must be true or false, found '" + written + "'");
        }
        passThrough = written.equals("true");
    }

    @Override public void service(Mail mail) throws MessagingException {
        if (passThrough) {
            getMailetContext().bounce(mail, reply.text());
        } else {
            disposition.answer(mail, new Answer.Reject(reply));
        }
    }

    @Override public String getMailetInfo() {
        return "DSNBounce";
    }
}
