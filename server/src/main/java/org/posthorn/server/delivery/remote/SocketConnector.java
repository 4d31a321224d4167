package org.posthorn.server.delivery.remote;

import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocketFactory;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.protocols.net.SocketWire;
import org.posthorn.protocols.net.Wire;

/**
 * Connects by TCP. Opportunistic TLS takes any certificate: it guards against listeners, and the choice is that or the
 * clear (RFC 7435). TLS that must be wants one that the JDK's trust store vouches for, in the host's name, unless the
 * access says that any will do.
 */
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

    @Override public Wire connect(Target target, Access access, Deadline until) throws IOException {
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
            return until.over(secured(socket, target, access));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private SocketWire secured(Socket socket, Target target, Access access) throws IOException {
        var parameters = new SSLParameters();
        if (access.isChecked()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        var wire = SocketWire.client(socket, access.isChecked() ? (SSLSocketFactory) SSLSocketFactory.getDefault()
            : Trusting.FACTORY, parameters, target.host(), watch);
        if (access.security() == Security.IMPLICIT) {
            try {
                wire.deadline(config.deadlines().greeting());
                wire.startTls();
            } catch (IOException e) {
                wire.close();
                throw new IOException("the TLS handshake failed: " + e.getMessage(), e);
            }
        }
        return wire;
    }

    /** Made when the first connection needs it. */
    private static final class Trusting {
        private static final SSLSocketFactory FACTORY = AnyCertificate.factory();
    }
}
