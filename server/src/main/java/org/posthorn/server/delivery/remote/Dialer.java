package org.posthorn.server.delivery.remote;

import jakarta.inject.Inject;
import java.io.IOException;
import java.util.Optional;
import org.posthorn.protocols.client.ClientSettings;
import org.posthorn.protocols.client.Credentials;
import org.posthorn.protocols.client.SmtpClient;
import org.posthorn.protocols.client.Trouble;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.server.log.EventLog;

/** Connects to one address of another host and opens the conversation: greeting, EHLO, TLS, login. Thread-safe. */
final class Dialer {

    private static final EventLog LOG = EventLog.of(Dialer.class);

    private final RemoteConfig config;
    private final Connector connector;

    @Inject
    Dialer(RemoteConfig config, Connector connector) {
        this.config = config;
        this.connector = connector;
    }

    /** What came of it. */
    sealed interface Dialed {

        /** Messages can be sent. */
        record Yes(SmtpClient client) implements Dialed {
        }

        /** They cannot; nothing is open any more. */
        record No(Trouble trouble) implements Dialed {
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
                    "our password for " + call.target() + " cannot be read"));
            }
        }
        return dial(call, login, until);
    }

    private Dialed dial(Call call, Optional<Credentials> login, Deadline until) {
        var target = call.target();
        SmtpClient client;
        try {
            client = new SmtpClient(connector.connect(target, call.access(), until),
                new ClientSettings(config.hostname(), call.access().security().starttls(),
                    config.connection().deadlines(), config.connection().eightBit(), login));
        } catch (IOException e) {
            var why = e.getMessage() == null ? e.toString() : e.getMessage();
            return new Dialed.No(new Trouble(Trouble.Stage.CONNECT, Optional.empty(),
                target + " [" + target.address().getHostAddress() + "]: " + why));
        }
        var trouble = client.open();
        if (trouble.isEmpty()) {
            return new Dialed.Yes(client);
        }
        client.quit();
        if (trouble.get().stage() == Trouble.Stage.AUTH) {
            LOG.warn("login-refused", "host", target, "user", login.map(Credentials::user).orElse(""),
                "why", trouble.get().why());
        }
        return new Dialed.No(trouble.get());
    }
}
