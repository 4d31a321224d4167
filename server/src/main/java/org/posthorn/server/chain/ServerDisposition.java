package org.posthorn.server.chain;

import jakarta.mail.MessagingException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.protocols.address.ReversePath;

/** Notes on the mail what mailets say of it. */
final class ServerDisposition implements Disposition {

    @Override public void answer(Mail mail, Answer answer) {
        var ours = ours(mail);
        if (answer instanceof Answer.Enter(var processor)) {
            ours.setState(processor);
        } else if (!(answer instanceof Answer.Hold) || !ours.facts().released()) {
            ours.answer(answer);
        }
    }

    @Override public void answer(Mail mail, Collection<MailAddress> recipients, Answer answer) {
        ours(mail).depart(recipients, answer);
    }

    @Override public void keepCopy(Mail mail, String name) throws MessagingException {
        var ours = ours(mail);
        var message = ours.content().orElseThrow(() -> new MessagingException("there is no message to keep yet"));
        ours.send(new SentMail(Addresses.path(ours.getMaybeSender()),
            ours.getRecipients().stream().flatMap(one -> ours.parameters(one).stream()).toList(), message.copy(),
            ours.attributesText(),
            new SentMail.Start(Mail.DEFAULT, Duration.ZERO, Optional.of(name))));
    }

    @Override public void rewrite(Mail mail, Map<MailAddress, List<MailAddress>> instead) {
        var ours = ours(mail);
        var before = mail.getRecipients();
        var after = new LinkedHashSet<MailAddress>();
        for (var recipient : before) {
            var targets = instead.getOrDefault(recipient, List.of(recipient));
            after.addAll(targets);
            // Who is a recipient already gets one copy, but is reported on for each name that he was given.
            var others = targets.stream().filter(target -> !target.equals(recipient)).toList();
            ours.derive(Lineage.of(ours, recipient, others, targets.size() == 1));
            if (!targets.contains(recipient)) {
                ours.replaced(recipient, targets);
            } else if (!others.isEmpty()) {
                ours.accompanied(recipient);
            }
        }
        ours.setRecipients(after);
    }

    @Override public void sendAs(Mail mail, Collection<MailAddress> recipients, MailAddress sender) {
        ours(mail).sendAs(recipients, ReversePath.of(Addresses.mailbox(sender)));
    }

    @Override public void note(Mail mail, MailAddress recipient, String word, String detail) {
        ours(mail).note(new PosthornMail.Note(recipient, word, detail));
    }

    private static PosthornMail ours(Mail mail) {
        if (mail instanceof PosthornMail ours) {
            return ours;
        }
        throw new IllegalArgumentException("only the mail in hand can be answered, not " + mail.getClass().getName());
    }
}
