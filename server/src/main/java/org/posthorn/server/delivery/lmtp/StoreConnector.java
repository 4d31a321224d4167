package org.posthorn.server.delivery.lmtp;

import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.posthorn.mailets.port.LmtpTarget;
import org.posthorn.protocols.client.ClientDeadlines;
import org.posthorn.protocols.client.ClientSettings;
import org.posthorn.protocols.client.LmtpClient;
import org.posthorn.protocols.client.MailClient;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.protocols.client.Trouble;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.protocols.net.UnixWire;
import org.posthorn.protocols.net.Wire;
import org.posthorn.server.delivery.FailurePolicy;
import org.posthorn.server.delivery.Outcome;
import org.posthorn.server.delivery.remote.MxWalk;
import org.posthorn.server.delivery.remote.NextHop;
import org.posthorn.server.delivery.remote.RemoteConfig;
import org.posthorn.server.delivery.remote.SocketConnector;

/**
 * Opens conversations with mail stores: by a unix socket, or by TCP with the host's addresses one after the other, and
 * never its mail exchangers.
 */
final class StoreConnector {

    private static final int MOST_ADDRESSES = 8;

    private final LmtpConfig config;
    private final MxWalk walk;
    private final SocketConnector sockets;
    private final DeadlineWatch watch;

    @Inject
    StoreConnector(LmtpConfig config, MxWalk walk, DeadlineWatch watch) {
        this.config = config;
        this.walk = walk;
        this.watch = watch;
        var connection = config.connection();
        this.sockets = new SocketConnector(new RemoteConfig.Connection(0, connection.tls(), Optional.empty(),
            connection.timeouts().connect(), connection.timeouts().deadlines(), MOST_ADDRESSES), watch);
    }

    /** How it ended. */
    sealed interface Opened {

        /** A message can be sent. */
        record Yes(MailClient client) implements Opened {
        }

        /** None can. */
        record No(Outcome why) implements Opened {
        }
    }

    /** A way to one address. */
    private interface Dial {
        Wire connect() throws IOException;
    }

    Opened open(LmtpTarget target) {
        return open(target, config.connection().timeouts().deadlines());
    }

    /** No answer is waited for longer than that. */
    Opened open(LmtpTarget target, Duration longest) {
        return open(target, config.connection().timeouts().deadlines().atMost(longest));
    }

    private Opened open(LmtpTarget target, ClientDeadlines deadlines) {
        return switch (target) {
            case LmtpTarget.UnixSocket(var path) -> open(() -> UnixWire.connect(Path.of(path),
                config.connection().timeouts().connect(), watch), target, TlsMode.NEVER, deadlines);
            case LmtpTarget.Tcp(var address) ->
                switch (walk.to(new NextHop.Host(address.host(), address.port()))) {
                    case MxWalk.Way.Stop(var outcome) -> new Opened.No(outcome);
                    case MxWalk.Way.Go(var hosts) -> {
                        var last = Optional.<Opened>empty();
                        for (var host : hosts.subList(0, Math.min(hosts.size(), MOST_ADDRESSES))) {
                            var opened = open(() -> sockets.connect(host), target, config.connection().tls(),
                                deadlines);
                            if (opened instanceof Opened.Yes) {
                                yield opened;
                            }
                            last = Optional.of(opened);
                        }
                        yield last.orElseThrow();
                    }
                };
        };
    }

    private Opened open(Dial dial, LmtpTarget target, TlsMode tls, ClientDeadlines deadlines) {
        Wire wire;
        try {
            wire = dial.connect();
        } catch (IOException e) {
            var why = e.getMessage() == null ? e.toString() : e.getMessage();
            return refused(new Trouble(Trouble.Stage.CONNECT, Optional.empty(), target + ": " + why), target);
        }
        var client = new LmtpClient(wire, new ClientSettings(config.hostname(), tls, deadlines));
        var trouble = client.open();
        if (trouble.isEmpty()) {
            return new Opened.Yes(client);
        }
        client.quit();
        // As with other hosts: what cannot be encrypted goes in the clear, unless TLS is required.
        return trouble.get().stage() == Trouble.Stage.STARTTLS && tls == TlsMode.OPPORTUNISTIC
            ? open(dial, target, TlsMode.NEVER, deadlines) : refused(trouble.get(), target);
    }

    private static Opened refused(Trouble trouble, LmtpTarget target) {
        return new Opened.No(FailurePolicy.store(trouble, target.host()));
    }
}
