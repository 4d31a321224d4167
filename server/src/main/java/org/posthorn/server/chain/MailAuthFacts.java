package org.posthorn.server.chain;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.net.InetAddress;
import java.util.Optional;
import org.apache.mailet.AttributeUtils;
import org.apache.mailet.Mail;
import org.posthorn.mailets.port.AuthFacts;
import org.posthorn.mailets.port.RelayClient;
import org.posthorn.mailets.port.RelayRules;
import org.posthorn.mailets.port.Stage;
import org.posthorn.server.auth.spf.SpfQuestion;
import org.posthorn.server.auth.spf.SpfResult;
import org.posthorn.server.auth.spf.SpfVerdict;
import org.posthorn.server.log.EventLog;

/** Finds out about senders, and keeps it with the mail. */
public final class MailAuthFacts implements AuthFacts {

    private static final EventLog LOG = EventLog.of(MailAuthFacts.class);

    private final org.posthorn.server.auth.spf.Spf spf;
    private final RelayRules relay;
    private final String hostname;

    /** Asks this check. */
    @Inject
    public MailAuthFacts(org.posthorn.server.auth.spf.Spf spf, RelayRules relay, ServerIdentity identity) {
        this.spf = spf;
        this.relay = relay;
        this.hostname = identity.hostname();
    }

    @Override public Spf spf(Mail mail) {
        return verdict(mail).map(verdict -> new Spf(Result.valueOf(verdict.result().name()),
            verdict.question().domain(), verdict.explanation(), verdict.problem())).orElse(Spf.NOT_CHECKED);
    }

    private Optional<SpfVerdict> verdict(Mail mail) {
        var known = mail.getAttribute(AuthNotes.SPF).flatMap(AuthNotes::verdict);
        // What failed while the client waited may be known now, and who defers on it must not do so for ever.
        if (known.isPresent() && !(known.get().result() == SpfResult.TEMPERROR && stage(mail) == Stage.ACCEPTED)) {
            return known;
        }
        var client = client(mail);
        if (client.isEmpty()) {
            return Optional.empty();
        }
        var helo = AttributeUtils.getValueAndCastFromMail(mail, Mail.SMTP_HELO, String.class).orElse("");
        var found = spf.check(SpfQuestion.of(client.get(), helo, Addresses.path(mail.getMaybeSender())));
        mail.setAttribute(AuthNotes.note(found, hostname));
        var log = stage(mail) == Stage.RCPT ? LOG.connection(mail.getName()) : LOG.mail(mail.getName());
        log.info("spf", "result", found.result().text(), "identity", found.question().identity().text(), "domain",
            found.question().domain(), "ip", found.question().clientText(), "mechanism", found.mechanism(),
            "problem", found.problem());
        return Optional.of(found);
    }

    /** The client that is to be checked; none where nobody or one of us brought the mail. */
    private Optional<InetAddress> client(Mail mail) {
        var address = mail.getRemoteAddr();
        // Whose mail we pass on to anywhere.
        if (stage(mail) == Stage.CONNECT || relay.rule(RelayClient.of(mail), "").isPresent()) {
            return Optional.empty();
        }
        var scope = address.indexOf('%');
        try {
            return Optional.of(InetAddress.ofLiteral(scope < 0 ? address : address.substring(0, scope)))
                .filter(found -> !found.isLoopbackAddress());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Stage stage(Mail mail) {
        return mail instanceof PosthornMail ours ? ours.facts().stage() : Stage.ACCEPTED;
    }

    @Override public void writeResults(Mail mail) throws MessagingException {
        if (mail instanceof PosthornMail ours && verdict(mail).isPresent()) {
            ours.writeResults();
        }
    }
}
