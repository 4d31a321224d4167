package org.posthorn.server.fetch;

import java.io.Closeable;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocketFactory;
import org.posthorn.mailets.port.HostPort;
import org.posthorn.protocols.client.ClientDeadlines;
import org.posthorn.protocols.client.ClientSettings;
import org.posthorn.protocols.client.QueueClient;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.protocols.net.SocketWire;
import org.posthorn.protocols.net.Wire;
import org.posthorn.server.delivery.remote.AnyCertificate;

/** Opens connections to servers that keep mail. Thread-safe. */
public final class Caller {

    private static final Duration CONNECT = Duration.ofSeconds(30);

    private final DeadlineWatch watch;

    /** The watch must run. */
    public Caller(DeadlineWatch watch) {
        this.watch = watch;
    }

    /**
     * A connection, whose client has not heard the greeting yet.
     *
     * @param wire the client's, which outlives it after ATRN
     */
    public record Call(QueueClient client, Wire wire) {
    }

    /**
     * Connects.
     *
     * @param helo our name; empty for our address, as a host without a name says it (RFC 5321 section 4.1.3)
     * @throws IOException when the server cannot be reached, or TLS fails where it comes first; says why
     */
    public Call call(HostPort to, Errand.Line line, Optional<String> helo, ClientDeadlines deadlines)
            throws IOException {
        var parameters = new SSLParameters();
        if (line.isChecked()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        var socket = new Socket();
        Closeable open = socket;
        try {
            socket.connect(new InetSocketAddress(InetAddress.getByName(to.host()), to.port()),
                (int) CONNECT.toMillis());
            var wire = SocketWire.client(socket, line.isChecked() ? (SSLSocketFactory) SSLSocketFactory.getDefault()
                : AnyCertificate.factory(), parameters, to.host(), watch);
            open = wire;    // else it would be watched for ever
            var mode = switch (line.security()) {
                case STARTTLS -> TlsMode.REQUIRED;
                case OPPORTUNISTIC -> TlsMode.OPPORTUNISTIC;
                case IMPLICIT, NONE -> TlsMode.NEVER;
            };
            if (line.security() == Security.IMPLICIT) {
                wire.deadline(deadlines.command());
                wire.startTls();
            }
            return new Call(new QueueClient(wire, new ClientSettings(helo.orElseGet(() -> literal(wire)), mode,
                deadlines)), wire);
        } catch (IOException e) {
            try {
                open.close();
            } catch (IOException unclosed) {
                e.addSuppressed(unclosed);
            }
            throw e;
        }
    }

    private static String literal(Wire wire) {
        var address = wire.local().getAddress();
        var text = address.getHostAddress();
        return address instanceof Inet6Address ? "[IPv6:" + text.replaceFirst("%.*", "") + "]" : "[" + text + "]";
    }
}
