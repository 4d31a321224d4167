package org.posthorn.server.cli;

import java.util.HashMap;
import java.util.List;
import java.util.concurrent.Callable;
import org.posthorn.server.admin.Request;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code posthorn atrn}. It is the running server that asks, so that the mail comes in through its own sessions.
 */
@Command(name = "atrn", description = "Has the running server fetch mail that another one keeps for it (RFC 2645).")
final class FetchCommand implements Callable<Integer> {

    private static final int ODMR = 366;

    private final Terminal terminal;

    @Mixin private HomeOptions home;

    @Parameters(index = "0", paramLabel = "SERVER[:PORT]", description = "Who keeps the mail; port 366 without one.")
    private String server;

    @Parameters(index = "1..*", paramLabel = "DOMAIN", arity = "0..*",
        description = "Whose mail; without one, of all domains that the user has.")
    private List<String> domains = List.of();

    @Option(names = "--user", paramLabel = "NAME[:PASSWORD]", required = true, description = "As whom to log in. Other"
        + " users of this machine see a password given here; without one it is read from standard input.")
    private String user;

    @Option(names = "--tls", paramLabel = "MODE", defaultValue = "starttls",
        description = "starttls (the default) or implicit, for TLS from the first octet.")
    private String tls;

    @Option(names = "--insecure", description = "Take any certificate.")
    private boolean insecure;

    FetchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override public Integer call() {
        var login = NameAndPassword.of(user);
        var values = new HashMap<String, String>();
        values.put("server", AskForQueue.withPort(server, ODMR));
        values.put("domains", String.join(",", domains));
        values.put("user", login.name());
        values.put("password", login.password().orElseGet(terminal::password));
        values.put("tls", tls);
        values.put("any-certificate", String.valueOf(insecure));
        return new Office(terminal, home).ask(new Request("POST", "/api/fetch", values));
    }
}
