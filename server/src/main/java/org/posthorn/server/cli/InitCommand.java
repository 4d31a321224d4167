package org.posthorn.server.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.posthorn.server.app.Home;
import org.posthorn.server.config.ConfigException;
import org.posthorn.server.users.DirectoryException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code posthorn init}: makes a home. */
@Command(name = "init", description = "Makes the home of a new server: configuration, keys, domains and users.")
final class InitCommand implements Callable<Integer> {

    private final Terminal terminal;
    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "HOME", description = "A directory that does not exist yet.")
    private Path directory;

    @Option(names = "--hostname", required = true, paramLabel = "H",
        description = "This server's name, as other servers see it.")
    private String hostname;

    @Option(names = "--domain", required = true, paramLabel = "D", description = "A domain whose mail is kept here.")
    private List<String> domains;

    @Option(names = "--domain-alias", paramLabel = "A=D",
        description = "A domain in which every address is the same address in D.")
    private Map<String, String> domainAliases = Map.of();

    @Option(names = "--user", paramLabel = "NAME@D[:PASSWORD]",
        description = "A user; without a password a mailbox that nobody can log in to.")
    private List<String> users = List.of();

    @Option(names = "--users-file", paramLabel = "FILE", description = "More users, one a line, written as for --user.")
    private Optional<Path> usersFile = Optional.empty();

    @Option(names = "--alias", paramLabel = "FROM=TO", description = "An alias; *@D is D's catch-all.")
    private List<String> aliases = List.of();

    @Option(names = "--bind", paramLabel = "ADDR", defaultValue = "0.0.0.0",
        description = "The address of smtp, submission and submissions (default ${DEFAULT-VALUE}).")
    private String bind;

    @Option(names = "--port", paramLabel = "NAME=N",
        description = "A listener's port: smtp 2525, submission 2587, submissions 2465, lmtp 2424, admin 2080; "
            + "0 takes any free one.")
    private Map<String, Integer> ports = Map.of();

    @Option(names = "--dns", paramLabel = "ADDR:PORT", description = "A resolver to ask instead of the system's.")
    private List<String> resolvers = List.of();

    @Option(names = "--trust", paramLabel = "CIDR", description = "A network whose hosts may relay without AUTH.")
    private List<String> trusted = List.of();

    @Option(names = "--proxy-from", paramLabel = "CIDR",
        description = "Proxies that pass clients on and say so by the PROXY protocol, on each connection.")
    private List<String> proxies = List.of();

    @Option(names = "--xclient-from", paramLabel = "CIDR",
        description = "Peers that may say by XCLIENT for which client they speak.")
    private List<String> xclients = List.of();

    @Option(names = "--smart-host", paramLabel = "HOST:PORT", description = "Where all mail for elsewhere goes.")
    private Optional<String> smartHost = Optional.empty();

    @Option(names = "--relay-domain", paramLabel = "D=HOST:PORT",
        description = "A domain whose mail is taken from anyone and passed on to that host; D=lmtp:HOST:PORT or "
            + "D=lmtp:unix:PATH for a mail store.")
    private Map<String, String> relayDomains = Map.of();

    @Option(names = "--local", paramLabel = "HOW", defaultValue = "maildir",
        description = "How mail for users is delivered: maildir, lmtp:HOST:PORT or lmtp:unix:PATH "
            + "(default ${DEFAULT-VALUE}).")
    private String local;

    @Option(names = "--dovecot-passwd",
        description = "Keep data/dovecot.passwd, from which Dovecot knows users and passwords.")
    private boolean dovecotPasswd;

    @Option(names = "--max-size", paramLabel = "OCTETS", description = "The largest message (default 50 MiB).")
    private Optional<Long> maxSize = Optional.empty();

    @Option(names = "--spf", paramLabel = "POLICY", defaultValue = "tag", converter = SpfPolicyName.class,
        description = "What SPF does: reject (refuse who may not send for the sender's domain), tag (write the result "
            + "into the header), off (default ${DEFAULT-VALUE}).")
    private HomePlan.SpfPolicy spf;

    InitCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override public Integer call() {
        var plan = new HomePlan(hostname, new HomePlan.Residents(domains, domainAliases, users, usersFile, aliases),
            new HomePlan.Network(bind, ports, resolvers, new HomePlan.Believed(trusted, proxies, xclients)),
            new HomePlan.Outbound(smartHost, relayDomains), spf,
            new HomePlan.Store(local, dovecotPasswd), maxSize);
        var home = new Home(directory);
        var out = terminal.out();
        List.of("--port", "--relay-domain").forEach(option -> InitChecks.refuseRepeated(spec, option));
        make(home, plan);
        out.println("made " + home.directory());
        out.println();
        var mailDomains = new ArrayList<>(domains);
        mailDomains.addAll(new TreeSet<>(domainAliases.keySet()));
        out.println(new DnsRecords(hostname, mailDomains).text());
        out.println("next: posthorn run --home " + directory);
        out.flush();
        return 0;
    }

    private static void make(Home home, HomePlan plan) {
        try {
            InitChecks.refuseKeptAndRelayed(plan);
            new HomeMaker(InstantSource.system()).make(home, plan);
        } catch (IOException | IllegalArgumentException | ConfigException | DirectoryException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
    }
}
