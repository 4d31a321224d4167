package org.posthorn.server.delivery.lmtp;

import jakarta.inject.Inject;
import java.util.Optional;
import org.posthorn.mailets.port.LmtpTarget;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.server.delivery.Prober;
import org.posthorn.server.delivery.remote.NextHop;
import org.posthorn.server.delivery.remote.RemoteConfig;

/** Asks mail stores by LMTP, for domains that a route of delivery.xml gives to one. */
final class LmtpProber implements Prober {

    private final RemoteConfig routes;
    private final StoreConnector connector;

    @Inject
    LmtpProber(RemoteConfig routes, StoreConnector connector) {
        this.routes = routes;
        this.connector = connector;
    }

    @Override public boolean takes(String domain) {
        return hop(domain) instanceof NextHop.Store;
    }

    @Override public Finding ask(Mailbox recipient, Deadline until) {
        return hop(recipient.domain()) instanceof NextHop.Store(var target) ? ask(target, recipient, until)
            : new Finding.Unanswered(recipient.domain() + " is reached by no mail store");
    }

    private NextHop hop(String domain) {
        return routes.resolve(new NextHop.Domain(domain), Optional.of(ReversePath.none())).getFirst().hop();
    }

    private Finding ask(LmtpTarget target, Mailbox recipient, Deadline until) {
        return switch (connector.open(target, until)) {
            case StoreConnector.Opened.No(var why) -> new Finding.Unanswered(target.host() + ": " + why.reply());
            case StoreConnector.Opened.Yes(var client, _) -> {
                try (client) {
                    var result = client.ask(Recipient.of(recipient));
                    client.quit();
                    yield Finding.of(target.host(), result);
                }
            }
        };
    }
}
