package org.posthorn.server.cli;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocketFactory;
import org.posthorn.mailets.port.HostPort;
import org.posthorn.protocols.client.ClientDeadlines;
import org.posthorn.protocols.client.ClientSettings;
import org.posthorn.protocols.client.QueueClient;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.protocols.client.Trouble;
import org.posthorn.protocols.etrn.EtrnCommand;
import org.posthorn.protocols.etrn.EtrnNode;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.protocols.net.SocketWire;
import org.posthorn.protocols.net.Wire;
import org.posthorn.server.delivery.remote.AnyCertificate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code posthorn etrn}. Exit codes: 0 for a 2yz answer, 4 for 4yz, 5 for 5yz; 1 when there is none, or the login
 * failed; 2 when the command is not understood.
 */
@Command(name = "etrn", description = "Asks another server to send on what it keeps for a node (RFC 1985).",
    footer = "Exit code: 0, 4 or 5 as the server's answer begins with 2, 4 or 5; 1 when there is none.")
final class AskForQueue implements Callable<Integer> {

    private static final Duration CONNECT = Duration.ofSeconds(30);
    private static final Duration ANSWER = Duration.ofMinutes(1);
    private static final int SMTP = 25;

    private final Terminal terminal;
    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "SERVER[:PORT]", description = "Who keeps the mail; port 25 without one.")
    private String server;

    @Parameters(index = "1", paramLabel = "NODE", description = "A domain, @domain for it and all below it, or #queue.")
    private String node;

    @Option(names = "--tls", paramLabel = "MODE", defaultValue = "opportunistic",
        description = "never, opportunistic (when offered, any certificate; the default) or required (a good one).")
    private String tls;

    @Option(names = "--user", paramLabel = "NAME[:PASSWORD]", description = "Log in, under TLS with a good certificate."
        + " Other users of this machine see a password given here; without one it is read from standard input.")
    private Optional<String> user = Optional.empty();

    @Option(names = "--insecure", description = "With --user or --tls required: take any certificate.")
    private boolean insecure;

    AskForQueue(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override public Integer call() {
        var asked = switch (EtrnCommand.parse(node)) {
            case EtrnCommand.Start(var parsed) -> parsed;
            case EtrnCommand.Faulty(var reply) -> throw misused("NODE: " + reply.lines().getFirst() + ", found '" + node
                + "'");
        };
        var mode = mode();
        var host = host();
        var watch = new DeadlineWatch();
        watch.start();
        try (var client = connect(host, mode, watch)) {
            client.open().ifPresent(AskForQueue::failed);
            user.map(NameAndPassword::of).flatMap(login -> client.logIn(login.name(),
                login.password().orElseGet(terminal::password))).ifPresent(AskForQueue::failed);
            return ask(client, asked);
        } finally {
            watch.stop();
        }
    }

    private int ask(QueueClient client, EtrnNode asked) {
        return switch (client.start(asked)) {
            case QueueClient.Answer.Nothing(var why) -> throw new CommandException("no answer to ETRN: " + why);
            case QueueClient.Answer.Said(var reply) -> {
                terminal.out().println(reply);
                terminal.out().flush();
                client.quit();
                yield reply.isPositive() ? 0 : reply.isTransient() ? 4 : reply.isPermanent() ? 5 : 1;
            }
        };
    }

    private static void failed(Trouble trouble) {
        throw new CommandException(trouble.stage().toString().toLowerCase(Locale.ROOT) + ": " + trouble.why());
    }

    private TlsMode mode() {
        var mode = switch (tls) {
            case "never" -> TlsMode.NEVER;
            case "opportunistic" -> TlsMode.OPPORTUNISTIC;
            case "required" -> TlsMode.REQUIRED;
            default -> throw misused("--tls: expected never, opportunistic or required, found '" + tls + "'");
        };
        if (user.isPresent() && mode == TlsMode.NEVER) {
            throw misused("--user needs TLS: the password is not sent in the clear");
        }
        return user.isPresent() ? TlsMode.REQUIRED : mode;
    }

    private HostPort host() {
        try {
            var bare = server.indexOf(':') < 0 || server.startsWith("[") && server.endsWith("]");
            return HostPort.parse(bare ? server + ":" + SMTP : server);
        } catch (IllegalArgumentException e) {
            throw misused("SERVER: " + e.getMessage() + ", found '" + server + "'");
        }
    }

    private QueueClient connect(HostPort to, TlsMode mode, DeadlineWatch watch) {
        var checked = mode == TlsMode.REQUIRED && !insecure;
        var parameters = new SSLParameters();
        if (checked) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        var socket = new Socket();
        try {
            var address = InetAddress.getByName(to.host());
            socket.connect(new InetSocketAddress(address, to.port()), (int) CONNECT.toMillis());
            var wire = SocketWire.client(socket, checked ? (SSLSocketFactory) SSLSocketFactory.getDefault()
                : AnyCertificate.factory(), parameters, to.host(), watch);
            return new QueueClient(wire, new ClientSettings(literal(wire), mode,
                ClientDeadlines.RFC_5321.atMost(ANSWER)));
        } catch (IOException e) {
            try {
                socket.close();
            } catch (IOException unclosed) {
                e.addSuppressed(unclosed);
            }
            throw new CommandException(to + " cannot be reached: " + e.getMessage(), e);
        }
    }

    /** Our end's address, as EHLO wants it of a host without a name (RFC 5321 section 4.1.3). */
    private static String literal(Wire wire) {
        var address = wire.local().getAddress();
        var text = address.getHostAddress();
        return address instanceof Inet6Address ? "[IPv6:" + text.replaceFirst("%.*", "") + "]" : "[" + text + "]";
    }

    private ParameterException misused(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
