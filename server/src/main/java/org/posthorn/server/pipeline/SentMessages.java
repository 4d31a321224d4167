package org.posthorn.server.pipeline;

import jakarta.mail.MessagingException;
import java.time.Instant;
import java.util.List;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.server.chain.NewForms;
import org.posthorn.server.chain.SentMail;
import org.posthorn.server.spool.Event;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.NewRecipient;
import org.posthorn.server.spool.Origin;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.SpooledMessage;

/** Makes messages of what mailets sent. */
final class SentMessages {

    private SentMessages() {
    }

    /** What REQUIRETLS kept from prying eyes it keeps so when a mailet sends it on (RFC 8689 section 5). */
    static NewMessage of(Tools tools, Instant now, SpooledMessage cause, SentMail mail, NewForms forms)
        throws MessagingException {
        var variant = forms.number(mail.message(), List.of(), mail.attributes());
        var ascii = mail.recipients().stream().allMatch(recipient -> recipient.mailbox().isAscii())
            && (!(mail.sender() instanceof ReversePath.Sender(var mailbox)) || mailbox.isAscii());
        var parameters = new MailParameters(-1, MailParameters.Body.EIGHT_BIT_MIME, !ascii,
            MailParameters.Ret.UNSPECIFIED, "").with(Handling.NONE.requireTls(
                cause.origin().parameters().handling().requireTls()));
        var origin = new Origin(mail.sender(), parameters, now, "internal", "127.0.0.1", tools.identity().hostname(),
            "");
        var start = mail.start();
        var pending = new RecipientState.Pending(start.processor(), now.plus(start.delay()), 0, false);
        var state = start.heldAs().<RecipientState>map(name -> new RecipientState.Held(name, pending)).orElse(pending);
        return new NewMessage(tools.spool().nextId(), origin, forms.made(),
            mail.recipients().stream().map(recipient -> new NewRecipient(recipient, variant, state)).toList(),
            List.of(new Event(now, "", "received", "sent by a mailet that served " + cause.id())));
    }
}
