package org.posthorn.server.delivery.remote;

import jakarta.inject.Inject;
import java.io.IOException;
import java.util.Optional;
import org.posthorn.protocols.client.ClientSettings;
import org.posthorn.protocols.client.Credentials;
import org.posthorn.protocols.client.SmtpClient;
import org.posthorn.protocols.client.Trouble;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.server.delivery.tls.Handshakes;
import org.posthorn.server.delivery.tls.Shortcoming;
import org.posthorn.server.log.EventLog;

/** Connects to one address of another host and opens the conversation: greeting, EHLO, TLS, login. Thread-safe. */
final class Dialer {

    private static final EventLog LOG = EventLog.of(Dialer.class);

    private final RemoteConfig config;
    private final Connector connector;
    private final Handshakes handshakes;

    @Inject
    Dialer(RemoteConfig config, Connector connector, Handshakes handshakes) {
        this.config = config;
        this.connector = connector;
        this.handshakes = handshakes;
    }

    /** What came of it. */
    sealed interface Dialed {

        /**
         * Messages can be sent.
         *
         * @param flaw of its certificate, where that is looked at and does not count
         */
        record Yes(SmtpClient client, String ours, Optional<Shortcoming> flaw) implements Dialed {
        }

        /**
         * They cannot; nothing is open any more.
         *
         * @param flaw of its certificate, where that was why
         * @param offersTls whether it offered STARTTLS
         */
        record No(Trouble trouble, Optional<Shortcoming> flaw, boolean offersTls) implements Dialed {
        }
    }

    /** Tries, no longer than until then; the client is good until then. */
    Dialed dial(Call call, Deadline until) {
        var login = Optional.<Credentials>empty();
        if (call.access().login().isPresent()) {
            try {
                login = Optional.of(call.access().login().get().credentials());
            } catch (IOException e) {
                LOG.error("password-unreadable", e, "host", call.target());
                return new Dialed.No(new Trouble(Trouble.Stage.AUTH, Optional.empty(),
                    "our password for " + call.target() + " cannot be read"), Optional.empty(), false);
            }
        }
        return dial(call, login, until);
    }

    private Dialed dial(Call call, Optional<Credentials> login, Deadline until) {
        var target = call.target();
        var usual = handshakes.on(call.terms(), target.host());
        var handshake = call.access().security() == Security.IMPLICIT ? usual.sooner() : usual;
        SmtpClient client;
        String ours;
        try {
            var wire = connector.connect(target, handshake, until);
            ours = wire.local().getAddress().getHostAddress();
            client = new SmtpClient(wire, new ClientSettings(config.hostname(), call.starttls(),
                config.connection().deadlines(), config.connection().eightBit(), login));
        } catch (IOException e) {
            var why = e.getMessage() == null ? e.toString() : e.getMessage();
            return new Dialed.No(new Trouble(Trouble.Stage.CONNECT, Optional.empty(),
                target + " [" + target.address().getHostAddress() + "]: " + why), handshake.shortcoming(), false);
        }
        var trouble = client.open();
        if (trouble.isEmpty()) {
            return new Dialed.Yes(client, ours, handshake.shortcoming());
        }
        client.quit();
        if (trouble.get().stage() == Trouble.Stage.AUTH) {
            LOG.warn("login-refused", "host", target, "user", login.map(Credentials::user).orElse(""),
                "why", trouble.get().why());
        }
        return new Dialed.No(trouble.get(), handshake.shortcoming(), client.offers("STARTTLS"));
    }
}
