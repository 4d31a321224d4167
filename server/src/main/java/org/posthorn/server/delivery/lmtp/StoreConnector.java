package org.posthorn.server.delivery.lmtp;

import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.posthorn.mailets.port.LmtpTarget;
import org.posthorn.protocols.client.ClientSettings;
import org.posthorn.protocols.client.EightBit;
import org.posthorn.protocols.client.LmtpClient;
import org.posthorn.protocols.client.MailClient;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.protocols.client.Trouble;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.protocols.net.UnixWire;
import org.posthorn.protocols.net.Wire;
import org.posthorn.server.delivery.FailurePolicy;
import org.posthorn.server.delivery.Outcome;
import org.posthorn.server.delivery.remote.Connector;
import org.posthorn.server.delivery.remote.MxWalk;
import org.posthorn.server.delivery.remote.NextHop;
import org.posthorn.server.delivery.remote.RemoteConfig;
import org.posthorn.server.delivery.remote.SocketConnector;
import org.posthorn.server.delivery.tls.Handshakes;

/**
 * Opens conversations with mail stores: by a unix socket, or by TCP with the host's addresses one after the other, and
 * never its mail exchangers.
 */
final class StoreConnector {

    private static final int MOST_ADDRESSES = 8;

    private final LmtpConfig config;
    private final MxWalk walk;
    private final Connector sockets;
    private final DeadlineWatch watch;

    @Inject
    StoreConnector(LmtpConfig config, MxWalk walk, DeadlineWatch watch) {
        this(config, walk, watch, new SocketConnector(new RemoteConfig.Connection(0, config.connection().tls(),
            Optional.empty(), config.connection().timeouts().connect(), config.connection().timeouts().deadlines(),
            EightBit.CONVERT, MOST_ADDRESSES, Duration.ZERO), watch));
    }

    /** By TCP it connects with this. */
    StoreConnector(LmtpConfig config, MxWalk walk, DeadlineWatch watch, Connector sockets) {
        this.config = config;
        this.walk = walk;
        this.watch = watch;
        this.sockets = sockets;
    }

    /** How it ended. */
    sealed interface Opened {

        /**
         * A message can be sent.
         *
         * @param tls what it was opened with in the end
         */
        record Yes(MailClient client, TlsMode tls) implements Opened {
        }

        /** None can. */
        record No(Outcome why) implements Opened {
        }
    }

    /** A way to one address. */
    private interface Dial {
        Wire connect() throws IOException;
    }

    /** What connections to this store are opened with at first. */
    TlsMode tls(LmtpTarget target) {
        return target instanceof LmtpTarget.UnixSocket ? TlsMode.NEVER : config.connection().tls();
    }

    Opened open(LmtpTarget target) {
        return open(target, Deadline.none());
    }

    /** All addresses together are tried no longer than until then, and the client is good until then. */
    Opened open(LmtpTarget target, Deadline until) {
        return switch (target) {
            case LmtpTarget.UnixSocket(var path) -> open(() -> until.over(UnixWire.connect(Path.of(path),
                until.orSooner(config.connection().timeouts().connect()), watch)), target, tls(target));
            case LmtpTarget.Tcp(var address) ->
                switch (walk.to(new NextHop.Host(address.host(), address.port()))) {
                    case MxWalk.Way.Stop(var outcome) -> new Opened.No(outcome);
                    case MxWalk.Way.Go(var hosts) -> {
                        var last = Optional.<Opened>empty();
                        for (var host : hosts.subList(0, Math.min(hosts.size(), MOST_ADDRESSES))) {
                            var opened = open(() -> sockets.connect(host,
                                Handshakes.usual(tls(target), host.host()), until), target, tls(target));
                            if (opened instanceof Opened.Yes || until.isOver()) {
                                yield opened;
                            }
                            last = Optional.of(opened);
                        }
                        yield last.orElseThrow();
                    }
                };
        };
    }

    private Opened open(Dial dial, LmtpTarget target, TlsMode tls) {
        Wire wire;
        try {
            wire = dial.connect();
        } catch (IOException e) {
            var why = e.getMessage() == null ? e.toString() : e.getMessage();
            return refused(new Trouble(Trouble.Stage.CONNECT, Optional.empty(), target + ": " + why), target);
        }
        var client = new LmtpClient(wire, new ClientSettings(config.hostname(), tls,
            config.connection().timeouts().deadlines()));
        var trouble = client.open();
        if (trouble.isEmpty()) {
            return new Opened.Yes(client, tls);
        }
        client.quit();
        // As with other hosts: what cannot be encrypted goes in the clear, unless TLS is required.
        return trouble.get().stage() == Trouble.Stage.STARTTLS && tls == TlsMode.OPPORTUNISTIC
            ? open(dial, target, TlsMode.NEVER) : refused(trouble.get(), target);
    }

    private static Opened refused(Trouble trouble, LmtpTarget target) {
        return new Opened.No(FailurePolicy.store(trouble, target.host()));
    }
}
