package org.posthorn.server.delivery.remote;

import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocketFactory;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.protocols.net.SocketWire;
import org.posthorn.protocols.net.Wire;

/**
 * Connects by TCP. Opportunistic TLS takes any certificate: it guards against listeners, and the choice is that or the
 * clear (RFC 7435). Required TLS wants one that the JDK's trust store vouches for, in the host's name.
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

    @Override public Wire connect(Target target, Deadline until) throws IOException {
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
            var required = config.tls() == TlsMode.REQUIRED;
            var parameters = new SSLParameters();
            if (required) {
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
            }
            return until.over(SocketWire.client(socket, required ? (SSLSocketFactory) SSLSocketFactory.getDefault()
                : Trusting.FACTORY, parameters, target.host(), watch));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Made when the first connection needs it. */
    private static final class Trusting {
        private static final SSLSocketFactory FACTORY = AnyCertificate.factory();
    }
}
