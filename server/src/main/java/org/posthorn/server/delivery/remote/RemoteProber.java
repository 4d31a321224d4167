package org.posthorn.server.delivery.remote;

import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.client.Trouble;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.server.delivery.Prober;
import org.posthorn.server.delivery.tls.Plan;

/**
 * Asks other hosts by SMTP, on the way that mail would take: route, smart host or mail exchangers, one address after
 * the other until one speaks with us. What it says to RCPT is the domain's word; all else is no answer.
 */
public final class RemoteProber implements Prober {

    private final RemoteConfig config;
    private final MxWalk walk;
    private final Protection protection;
    private final Dialer dialer;

    @Inject
    RemoteProber(RemoteConfig config, MxWalk walk, Protection protection, Dialer dialer) {
        this.config = config;
        this.walk = walk;
        this.protection = protection;
        this.dialer = dialer;
    }

    @Override public boolean takes(String domain) {
        return !(relays(new NextHop.Domain(domain)).getFirst().hop() instanceof NextHop.Store);
    }

    /** The question comes from the null sender. */
    private List<Relay> relays(NextHop hop) {
        return config.resolve(hop, Optional.of(ReversePath.none()));
    }

    @Override public Finding ask(Mailbox recipient, Deadline until) {
        NextHop hop;
        try {
            hop = NextHop.parse(recipient.domain());
        } catch (IllegalArgumentException e) {
            return new Finding.Unanswered("'" + recipient.domain() + "' is no domain that could be asked");
        }
        Finding last = new Finding.Unanswered("no address was tried in time");
        for (var relay : relays(hop)) {
            if (until.isOver() || !(last instanceof Finding.Unanswered)) {
                break;
            }
            last = switch (relay.way(walk)) {
                // Also for good: that a domain has no way is a mistake of somebody's, not of this recipient.
                case MxWalk.Way.Stop(var outcome) -> new Finding.Unanswered(outcome.reply().toString());
                case MxWalk.Way.Go(var targets) -> ask(targets, relay, recipient, until);
            };
        }
        return last;
    }

    private Finding ask(List<Target> targets, Relay relay, Mailbox recipient, Deadline until) {
        Finding last = new Finding.Unanswered("no address was tried in time");
        for (var target : targets.subList(0, Math.min(targets.size(), config.connection().addresses()))) {
            if (until.isOver() || !(last instanceof Finding.Unanswered)) {
                break;
            }
            var found = switch (protection.plan(relay, target)) {
                case Plan.Go(var terms, _) -> ask(relay, new Call(target, relay.access(), terms), recipient, until);
                case Plan.Not(var outcome, _) ->
                    Optional.<Finding>of(new Finding.Unanswered(outcome.reply().toString()));
            };
            if (found.isEmpty()) {
                return new Finding.Unanswered(target + " has this server's name");   // nor those that are not better
            }
            last = found.get();
        }
        return last;
    }

    /** Empty when the host seems to be this server. */
    private Optional<Finding> ask(Relay relay, Call call, Mailbox recipient, Deadline until) {
        return switch (dialer.dial(call, until)) {
            case Dialer.Dialed.Yes(var client, _, _) when config.seemsSelf(relay, client.serverName()) -> {
                client.quit();
                yield Optional.empty();
            }
            case Dialer.Dialed.Yes(var client, _, _) -> {
                try (client) {
                    var result = client.ask(Recipient.of(recipient));
                    client.quit();
                    yield Optional.of(Finding.of(call.target().toString(), result));
                }
            }
            case Dialer.Dialed.No(var trouble, _, _) when trouble.stage() == Trouble.Stage.STARTTLS
                && call.terms().mayFallBack() ->
                // A handshake that failed leaves the clear, as it does for mail.
                ask(relay, call.inTheClear(), recipient, until);
            case Dialer.Dialed.No(var trouble, _, _) -> Optional.of(Finding.of(call.target().toString(), trouble));
        };
    }
}
