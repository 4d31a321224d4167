package org.posthorn.server.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.posthorn.mailets.port.HostPort;
import org.posthorn.protocols.client.ClientDeadlines;
import org.posthorn.protocols.client.QueueClient;
import org.posthorn.protocols.client.Trouble;
import org.posthorn.protocols.etrn.EtrnCommand;
import org.posthorn.protocols.etrn.EtrnNode;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.server.fetch.Caller;
import org.posthorn.server.fetch.Errand;
import org.posthorn.server.fetch.Security;
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

    private static final Duration ANSWER = Duration.ofMinutes(1);
    private static final int SMTP = 25;

    private final Terminal terminal;
    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "SERVER[:PORT]", description = "Who keeps the mail; port 25 without one.")
    private String server;

    @Parameters(index = "1", paramLabel = "NODE", description = "A domain, @domain for it and all below it, or #queue.")
    private String node;

    @Option(names = "--tls", paramLabel = "MODE", defaultValue = "opportunistic",
        description = "never, opportunistic (when offered, any certificate; the default), required (a good one) or"
            + " implicit (TLS from the first octet, a good one).")
    private String tls;

    @Option(names = "--user", paramLabel = "NAME[:PASSWORD]", description = "Log in, under TLS with a good certificate."
        + " Other users of this machine see a password given here; without one it is read from standard input.")
    private Optional<String> user = Optional.empty();

    @Option(names = "--insecure", description = "With --user, --tls required or implicit: take any certificate.")
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
        var line = line();
        var host = host();
        var watch = new DeadlineWatch();
        watch.start();
        try (var client = connect(host, line, watch)) {
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

    private Errand.Line line() {
        var security = switch (tls) {
            case "never" -> Security.NONE;
            case "opportunistic" -> Security.OPPORTUNISTIC;
            case "required" -> Security.STARTTLS;
            case "implicit" -> Security.IMPLICIT;
            default -> throw misused("--tls: expected never, opportunistic, required or implicit, found '" + tls + "'");
        };
        if (user.isPresent() && security == Security.NONE) {
            throw misused("--user needs TLS: the password is not sent in the clear");
        }
        return new Errand.Line(user.isPresent() && security == Security.OPPORTUNISTIC ? Security.STARTTLS : security,
            insecure);
    }

    private HostPort host() {
        try {
            return HostPort.parse(withPort(server, SMTP));
        } catch (IllegalArgumentException e) {
            throw misused("SERVER: " + e.getMessage() + ", found '" + server + "'");
        }
    }

    /** The same where it has a port, else with this one. */
    static String withPort(String server, int port) {
        var bare = server.indexOf(':') < 0 || server.startsWith("[") && server.endsWith("]");
        return bare ? server + ":" + port : server;
    }

    private static QueueClient connect(HostPort to, Errand.Line line, DeadlineWatch watch) {
        try {
            return new Caller(watch).call(to, line, Optional.empty(), ClientDeadlines.RFC_5321.atMost(ANSWER)).client();
        } catch (IOException e) {
            throw new CommandException(to + " cannot be reached: " + e.getMessage(), e);
        }
    }

    private ParameterException misused(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
