package org.posthorn.server.chain;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.posthorn.mailets.port.AuthFacts;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.NameService;
import org.posthorn.mailets.port.Network;
import org.posthorn.mailets.port.Pause;
import org.posthorn.mailets.port.Quotas;
import org.posthorn.mailets.port.RelayRules;
import org.posthorn.mailets.port.Residents;
import org.posthorn.mailets.port.SenderRewriting;
import org.posthorn.mailets.port.Verification;
import org.posthorn.server.auth.spf.SpfConfig;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problem;
import org.posthorn.server.config.Problems;
import org.posthorn.server.database.DatabaseException;
import org.posthorn.server.dns.Dns;
import org.posthorn.server.dns.DnsAnswer;
import org.posthorn.server.dns.ZoneDns;
import org.posthorn.server.srs.TestSrs;
import org.posthorn.server.users.MemoryDirectory;

/** Compiles processors for tests, with a directory in memory. */
public final class Workshop {

    static final ServerIdentity IDENTITY =
        new ServerIdentity("mx.example.org", TestMail.box("postmaster@example.org"));

    public final MemoryDirectory directory = new MemoryDirectory().user("ann@example.org").user("bob@example.org");
    public final RelayConfig relay =
        new RelayConfig(List.of(Network.parse("198.51.100.0/24")), Set.of("relay.example"));
    /** The zone that is asked; nothing is in it until a test puts it there. */
    public final ZoneDns dns = new ZoneDns();
    public final List<Duration> pauses = new ArrayList<>();

    /** A whole file around some processors; rcpt, root and error are added where they are missing. */
    public static String file(String processors) {
        var text = new StringBuilder("<processors>\n").append(processors);
        for (var name : List.of("rcpt", "root", "error")) {
            if (!processors.contains("state=\"" + name + "\"")) {
                text.append("\n<processor state=\"").append(name).append("\"><mailet match=\"All\" class=\"Reject\"/>")
                    .append("</processor>");
            }
        }
        return text.append("\n</processors>\n").toString();
    }

    /** Compiles what must be good. */
    public Chain chain(String processors) {
        var problems = new Problems();
        var chain = compile(file(processors), problems);
        return chain.orElseThrow(() -> new AssertionError(problems.all()));
    }

    /** What is wrong with a whole file, a line each. */
    public List<String> problems(String file) {
        var problems = new Problems();
        compile(file, problems);
        return problems.all().stream().map(Problem::toString).toList();
    }

    /** Compiles a whole file. */
    public Optional<Chain> compile(String file, Problems problems) {
        var root = file.contains("<mailetcontainer") ? "mailetcontainer" : "processors";
        var in = new ByteArrayInputStream(file.getBytes(StandardCharsets.UTF_8));
        return ConfigFile.read("processors.xml", in, root, problems)
            .flatMap(section -> compiler().compile(section, Workshop.class.getClassLoader(), problems));
    }

    /** A compiler with all that mailets ask for. */
    public ChainCompiler compiler() {
        return Guice.createInjector(new AbstractModule() {
            @Override protected void configure() {
                install(new StockModule());
                bind(Residents.class).toInstance(residents());
                bind(SenderRewriting.class).toInstance(paths());
                bind(Quotas.class).toInstance((_, _) -> false);
                bind(RelayRules.class).toInstance(relay);
                bind(Verification.class).toInstance(_ -> new Verification.Finding.NotVerified());
                bind(Disposition.class).toInstance(new ServerDisposition());
                bind(Pause.class).toInstance(pauses::add);
                bind(Dns.class).toInstance(dns);
                bind(SpfConfig.class).toInstance(SpfConfig.of(IDENTITY.hostname()));
                bind(InstantSource.class).toInstance(InstantSource.system());
                bind(AuthFacts.class).to(MailAuthFacts.class);
                bind(NameService.class).to(DnsNameService.class);
                bind(ServerIdentity.class).toInstance(IDENTITY);
            }
        }).getInstance(ChainCompiler.class);
    }

    /** Who lives here, return paths in example.org among them. */
    public Residents residents() {
        return new SrsResidents(new DirectoryResidents(directory, IDENTITY), paths());
    }

    /** Return paths in example.org. */
    public SrsPaths paths() {
        return new SrsPaths(TestSrs.of("example.org", InstantSource.system()),
            new DirectoryResidents(directory, IDENTITY));
    }

    /** From now on the directory knows nothing for sure. */
    public void breakDirectory() {
        directory.failing(new DatabaseException("the directory is down", new IllegalStateException("test")));
    }

    /** How each recipient ended, sorted: {@code ann@example.org Routed root#1}. */
    public static List<String> told(List<Ending> endings) {
        return endings.stream().flatMap(ending -> ending.recipients().stream().map(recipient ->
            recipient.asString() + " " + ending.fate().getClass().getSimpleName() + " "
                + ending.rule().split(" ", 2)[0])).sorted().collect(Collectors.toList());
    }

    /** A DNS that never knows. */
    public static Dns noDns() {
        return new NoDns();
    }

    private static final class NoDns implements Dns {
        @Override public DnsAnswer<MxRecord> mx(String domain) {
            return new DnsAnswer.Temporary<>("test");
        }

        @Override public DnsAnswer<SrvRecord> srv(String service) {
            return new DnsAnswer.Temporary<>("test");
        }

        @Override public DnsAnswer<InetAddress> addresses(String host) {
            return new DnsAnswer.Temporary<>("test");
        }

        @Override public DnsAnswer<InetAddress> addresses(String host, Family family) {
            return new DnsAnswer.Temporary<>("test");
        }

        @Override public DnsAnswer<String> txt(String name) {
            return new DnsAnswer.Temporary<>("test");
        }

        @Override public DnsAnswer<String> ptr(InetAddress address) {
            return new DnsAnswer.Temporary<>("test");
        }
    }
}
