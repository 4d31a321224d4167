package org.posthorn.server.cli;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.posthorn.protocols.address.AddressParser;
import org.posthorn.protocols.address.AddressResult;
import org.posthorn.protocols.address.DomainName;
import org.posthorn.server.auth.AuthConfig;
import org.posthorn.server.auth.results.AuthenticationResults;
import org.posthorn.server.auth.results.SpfFields;
import org.posthorn.server.auth.spf.Spf;
import org.posthorn.server.auth.spf.SpfQuestion;
import org.posthorn.server.auth.spf.SpfVerdict;
import org.posthorn.server.config.ConfigException;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problems;
import org.posthorn.server.config.Section;
import org.posthorn.server.config.ServerConfig;
import org.posthorn.server.dns.DnsConfig;
import org.posthorn.server.dns.DnsJavaDns;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code posthorn spf IP HELO SENDER}: a check as the server would make it, step by step. Needs no running server. */
@Command(name = "spf", description = "Checks whether a host may send for a sender, and shows each step.")
final class SpfCommand implements Callable<Integer> {

    // Java's own reading takes 1.2.3 too, for 1.2.0.3
    private static final Pattern ADDRESS =
        Pattern.compile("[0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*");
    private static final Pattern NAME = Pattern.compile("[^\\s\\p{Cntrl}\\p{Z}]+");

    private final Terminal terminal;

    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "IP", description = "The client's address.")
    private String ip;

    @Parameters(index = "1", paramLabel = "HELO", description = "What it says in HELO or EHLO.")
    private String helo;

    @Parameters(index = "2", paramLabel = "SENDER", description = "The address in MAIL FROM; '<>' for the null sender.")
    private String sender;

    @Option(names = "--dns", paramLabel = "ADDR:PORT",
        description = "A resolver to ask instead of the home's, or the system's.")
    private Optional<String> resolver = Optional.empty();

    @Option(names = "--home", paramLabel = "HOME", defaultValue = "${env:POSTHORN_HOME:-posthorn-home}",
        description = "A server's home, whose dns.xml and auth.xml are used if it is there. Default: the environment's "
            + "POSTHORN_HOME, else ./posthorn-home.")
    private Path home;

    SpfCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** What the check goes by. */
    private record Settings(DnsConfig dns, AuthConfig auth, String hostname) {
    }

    @Override public Integer call() {
        check();
        var settings = settings();
        var question = SpfQuestion.of(client(), helo, sender);
        var out = terminal.out();
        out.println("SPF of " + question.clientText() + " for " + question.localPart() + "@" + question.domain()
            + " (" + question.identity().text() + ")");
        var clock = InstantSource.system();
        var spf = new Spf(new DnsJavaDns(settings.dns()), settings.auth().spf(), clock);
        var verdict = spf.check(question, (depth, text) ->
            out.println("  " + "  ".repeat(depth) + printable(text)));
        tell(verdict, settings.hostname());
        out.flush();
        return 0;
    }

    private void tell(SpfVerdict verdict, String hostname) {
        var out = terminal.out();
        out.println();
        out.println("result       " + verdict.result().text());
        row("decided by", verdict.mechanism());
        row("problem", verdict.problem());
        row("explanation", verdict.explanation());
        out.println();
        out.print(unix(AuthenticationResults.field(hostname, List.of(SpfFields.method(verdict)))));
        out.print(unix(SpfFields.receivedSpf(verdict, hostname)));
    }

    private void row(String name, String text) {
        if (!text.isEmpty()) {
            terminal.out().println(String.format("%-12s %s", name, printable(text)));
        }
    }

    private static String unix(String field) {
        return field.replace("\r\n", "\n");
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}|[\\x80-\\x9f]", "?");
    }

    private InetAddress client() {
        try {
            if (ADDRESS.matcher(ip).matches()) {
                return InetAddress.ofLiteral(ip);
            }
        } catch (IllegalArgumentException _) {
            // told below
        }
        throw misused("IP: expected an IPv4 or IPv6 address such as 192.0.2.1 or 2001:db8::1, found '" + ip + "'");
    }

    private void check() {
        if (!NAME.matcher(helo).matches()) {
            throw misused("HELO: expected a host name such as mx.example.org, found '" + helo + "'");
        }
        var bare = sender.startsWith("<") && sender.endsWith(">") ? sender.substring(1, sender.length() - 1) : sender;
        var good = sender.equals("<>") || DomainName.parse(bare, true) instanceof AddressResult.Good<?>
            || AddressParser.smtpUtf8().mailbox(bare) instanceof AddressResult.Good<?>;
        if (!good) {
            throw misused("SENDER: expected an address such as ann@example.org, a domain, or <>, found '" + sender
                + "'");
        }
    }

    private ParameterException misused(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** Those of the home, where there is one; else the defaults. */
    private Settings settings() {
        var problems = new Problems();
        var conf = home.resolve("conf");
        var hostname = ServerConfig.read(read(conf, "server", problems)).hostname();
        var auth = AuthConfig.read(read(conf, "auth", problems), hostname);
        var dns = DnsConfig.read(read(conf, "dns", problems), home);
        if (!problems.isEmpty()) {
            throw new CommandException(new ConfigException(problems.all()).getMessage());
        }
        try {
            return new Settings(resolver.map(dns::askingOnly).orElse(dns), auth, hostname);
        } catch (IllegalArgumentException e) {
            throw new CommandException("--dns: " + e.getMessage() + ", found '" + resolver.orElse("") + "'", e);
        }
    }

    private static Section read(Path conf, String name, Problems problems) {
        var file = name + ".xml";
        return (Files.isDirectory(conf) ? ConfigFile.read(conf.resolve(file), name, problems)
            : Optional.<Section>empty()).orElseGet(() -> ConfigFile.empty(file, name));
    }
}
