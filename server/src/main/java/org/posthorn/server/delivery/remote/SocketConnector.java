package org.posthorn.server.delivery.remote;

import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.protocols.net.SocketWire;
import org.posthorn.protocols.net.Wire;
import org.posthorn.server.delivery.tls.Handshake;

/** Connects by TCP. */
public final class SocketConnector implements Connector {

    private final RemoteConfig.Connection config;
    private final DeadlineWatch watch;

    /** Connects as the settings for other hosts say. */
    @Inject
    public SocketConnector(RemoteConfig config, DeadlineWatch watch) {
        this(config.connection(), watch);
    }

    /** Connects in this way. */
    public SocketConnector(RemoteConfig.Connection config, DeadlineWatch watch) {
        this.config = config;
        this.watch = watch;
    }

    @Override public Wire connect(Target target, Handshake handshake, Deadline until) throws IOException {
        var millis = until.orSooner(config.connect()).toMillis();
        if (millis <= 0) {
            throw new SocketTimeoutException("no time is left to connect");   // to the JDK, 0 is without end
        }
        var socket = new Socket();
        try {
            if (config.source().isPresent()) {
                socket.bind(new InetSocketAddress(config.source().get(), 0));
            }
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(target.address(), target.port()),
                Math.toIntExact(Math.min(millis, Integer.MAX_VALUE)));
            return until.over(secured(socket, handshake, until));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private SocketWire secured(Socket socket, Handshake handshake, Deadline until) throws IOException {
        var wire = SocketWire.client(socket, handshake.factory(), handshake.parameters(), handshake.name(), watch);
        if (handshake.atOnce()) {
            try {
                wire.deadline(until.orSooner(config.deadlines().greeting()));
                wire.startTls();
            } catch (IOException e) {
                wire.close();
                throw new IOException("the TLS handshake failed: " + e.getMessage(), e);
            }
        }
        return wire;
    }
}
