package org.posthorn.mailets;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.util.Set;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMailet;
import org.posthorn.mailets.port.Described;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.Manifest;
import org.posthorn.mailets.port.Residents;
import org.posthorn.mailets.port.SenderRewriting;
import org.posthorn.mailets.port.Stage;

/**
 * Sends what we forward under a return path of ours (SRS): the next server would look for the right to send for the
 * original sender's domain, and we have none (RFC 7208). To stand behind {@code RecipientRewriteTable} and before
 * {@code RemoteDelivery}.
 *
 * <p>Only recipients elsewhere who came in an alias's place are concerned. The null sender and senders of hosted
 * domains stay as they are. A sender that does not fit stays too, and the history says so.
 */
public final class SenderRewrite extends GenericMailet implements Described {

    private final Residents residents;
    private final SenderRewriting scheme;
    private final Disposition disposition;

    @Inject
    SenderRewrite(Residents residents, SenderRewriting scheme, Disposition disposition) {
        this.residents = residents;
        this.scheme = scheme;
        this.disposition = disposition;
    }

    @Override public Manifest manifest() {
        return new Manifest(Set.of(), Set.of(Stage.ACCEPTED), false);
    }

    @Override public void service(Mail mail) throws MessagingException {
        var sender = mail.getMaybeSender().asOptional();
        if (sender.isEmpty() || residents.isHosted(sender.get().getDomain().asString())) {
            return;
        }
        var note = RewrittenNote.of(mail);
        var forwarded = mail.getRecipients().stream().filter(recipient -> note.isNoted(recipient)
            && residents.standing(recipient) instanceof Residents.Standing.Foreign).toList();
        if (forwarded.isEmpty()) {
            return;
        }
        switch (scheme.forwarded(sender.get())) {
            case SenderRewriting.Forwarded.As(var path) -> {
                disposition.sendAs(mail, forwarded, path);
                forwarded.forEach(recipient -> disposition.note(mail, recipient, "sent-as", path.asString()));
            }
            case SenderRewriting.Forwarded.Unfit(var why) -> forwarded.forEach(recipient ->
                disposition.note(mail, recipient, "sender-kept", sender.get().asString() + ": " + why));
        }
    }

    @Override public String getMailetInfo() {
        return "SenderRewrite";
    }
}
