package org.posthorn.server.delivery.remote;

import jakarta.inject.Inject;
import java.io.IOException;
import java.util.Optional;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.client.ClientSettings;
import org.posthorn.protocols.client.SmtpClient;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.protocols.client.Trouble;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.server.delivery.Prober;

/**
 * Asks other hosts by SMTP, on the way that mail would take: route, smart host or mail exchangers, one address after
 * the other until one speaks with us. What it says to RCPT is the domain's word; all else is no answer.
 */
public final class RemoteProber implements Prober {

    private final RemoteConfig config;
    private final MxWalk walk;
    private final Connector connector;

    @Inject
    RemoteProber(RemoteConfig config, MxWalk walk, Connector connector) {
        this.config = config;
        this.walk = walk;
        this.connector = connector;
    }

    @Override public boolean takes(String domain) {
        return !(config.resolve(new NextHop.Domain(domain)) instanceof NextHop.Store);
    }

    @Override public Finding ask(Mailbox recipient, Deadline until) {
        NextHop hop;
        try {
            hop = config.resolve(NextHop.parse(recipient.domain()));
        } catch (IllegalArgumentException e) {
            return new Finding.Unanswered("'" + recipient.domain() + "' is no domain that could be asked");
        }
        return switch (walk.to(hop)) {
            // Also for good: that a domain has no way is a mistake of somebody's, not of this recipient.
            case MxWalk.Way.Stop(var outcome) -> new Finding.Unanswered(outcome.reply().toString());
            case MxWalk.Way.Go(var targets) -> {
                Finding last = new Finding.Unanswered("no address was tried in time");
                for (var target : targets.subList(0, Math.min(targets.size(), config.connection().addresses()))) {
                    if (until.isOver() || !(last instanceof Finding.Unanswered)) {
                        break;
                    }
                    last = ask(target, recipient, config.connection().tls(), until);
                }
                yield last;
            }
        };
    }

    private Finding ask(Target target, Mailbox recipient, TlsMode tls, Deadline until) {
        var settings = new ClientSettings(config.hostname(), tls, config.connection().deadlines());
        Optional<Trouble> trouble;
        try (var client = new SmtpClient(connector.connect(target, until), settings)) {
            trouble = client.open();
            if (trouble.isEmpty()) {
                var result = client.ask(Recipient.of(recipient));
                client.quit();
                return Finding.of(target.toString(), result);
            }
            client.quit();
        } catch (IOException e) {
            return new Finding.Unanswered(target + " cannot be reached: " + e.getMessage());
        }
        // A handshake that failed leaves the clear, as it does for mail.
        return trouble.get().stage() == Trouble.Stage.STARTTLS && tls == TlsMode.OPPORTUNISTIC
            ? ask(target, recipient, TlsMode.NEVER, until) : Finding.of(target.toString(), trouble.get());
    }
}
