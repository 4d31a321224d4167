package org.posthorn.server.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.posthorn.mailets.port.HostPort;
import org.posthorn.server.app.Home;
import org.posthorn.server.bench.Bench;
import org.posthorn.server.bench.OtherServer;
import org.posthorn.server.bench.Progress;
import org.posthorn.server.bench.Sink;
import org.posthorn.server.bench.Workload;
import org.posthorn.server.bench.Workload.Amount;
import org.posthorn.server.config.Units;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code posthorn bench}: how fast this machine is with Posthorn. */
@Command(name = "bench", description = "Measures this machine: sends mail through a throw-away server, on loopback "
    + "only, and tells how fast it was, and whether any was lost. All five workloads take some minutes.")
final class BenchCommand implements Callable<Integer> {

    private static final int MOST_MESSAGES = 200_000;
    private static final int MOST_SESSIONS = 100;   // a server takes 200 from one address
    private static final int MOST_RUNS = 20;
    private static final int SMALLEST = 1024;
    private static final int LARGEST = 32 << 20;
    private static final Duration STALL = Duration.ofSeconds(30);
    private static final int TIMES_ON_DISK = 3;     // the body in the spool, the file in the Maildir, and some
    private static final long ROOM = 512L << 20;    // the database, and what the server keeps free

    private final Terminal terminal;
    @Spec private CommandSpec spec;

    @Option(names = "--workload", paramLabel = "W", split = ",", defaultValue = "maildir,kept-open,relay,lmtp,large",
        description = "Some of ${DEFAULT-VALUE}, which is the default: into a Maildir, one message a connection; the "
            + "same, 100 pipelined messages a connection; out again by SMTP; by LMTP; 10 MiB each (a fiftieth of the "
            + "messages, a fifth of the sessions).")
    private List<String> workloads;

    @Option(names = "--messages", paramLabel = "N", defaultValue = "2000",
        description = "Messages of a run, at most 200,000 (default ${DEFAULT-VALUE}).")
    private int messages;

    @Option(names = "--sessions", paramLabel = "N", defaultValue = "20",
        description = "Sessions at a time, at most 100 (default ${DEFAULT-VALUE}).")
    private int sessions;

    @Option(names = "--size", paramLabel = "SIZE", defaultValue = "4KiB",
        description = "The size of a message, 1KiB to 32MiB (default ${DEFAULT-VALUE}).")
    private String size;

    @Option(names = "--warm-up", paramLabel = "N", defaultValue = "2000",
        description = "Messages before a workload's first run, which do not count (default ${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "3",
        description = "Runs of each workload, at most 20; the table has their medians (default ${DEFAULT-VALUE}).")
    private int runs;

    @Option(names = "--home", paramLabel = "DIR", description = "A directory on the disk to be measured, in which the "
        + "server's home is made, and removed in the end. Default: the temporary directory.")
    private Optional<Path> parent = Optional.empty();

    @Option(names = "--to", paramLabel = "HOST:PORT", description = "Measure a server that runs already, on a loopback "
        + "address. Needs --recipient.")
    private Optional<String> to = Optional.empty();

    @Option(names = "--recipient", paramLabel = "ADDRESS", description = "With --to: whom that server takes mail for.")
    private Optional<String> recipient = Optional.empty();

    @Option(names = "--sink-port", paramLabel = "PORT", description = "With --to: where that server sends the "
        + "recipient's mail, by SMTP or LMTP on 127.0.0.1. Without it, only what is accepted is counted.")
    private Optional<Integer> sinkPort = Optional.empty();

    BenchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override public Integer call() throws IOException, InterruptedException {
        var plan = new Bench.Plan(chosen(), new Amount(within("--messages", messages, 1, MOST_MESSAGES),
                within("--sessions", sessions, 1, MOST_SESSIONS), octets()),
            within("--warm-up", warmUp, 0, MOST_MESSAGES), within("--runs", runs, 1, MOST_RUNS),
            "p" + ProcessHandle.current().pid(), STALL);
        var progress = new Progress(terminal.out(), terminal.isScreen(), System::nanoTime);
        var outcome = to.isPresent() ? ofOther(to.get(), plan, progress) : ofOwn(plan, progress);
        progress.line("");
        outcome.table().lines().forEach(progress::line);
        outcome.faults().forEach(progress::line);
        if (!outcome.faults().isEmpty()) {
            throw new CommandException("not every message was accepted and came out exactly once; the lines below the "
                + "table say which");
        }
        return 0;
    }

    private Bench.Outcome ofOther(String written, Bench.Plan plan, Progress progress)
            throws IOException, InterruptedException {
        if (parent.isPresent()) {
            throw misused("--home is for the server that is started here, and with --to there is none");
        }
        var whom = recipient.orElseThrow(() -> misused("--to needs --recipient: whom that server takes mail for"));
        var door = loopback(written);
        progress.line("measured: " + written + ", which runs already; " + BenchMachine.processors());
        if (sinkPort.isEmpty()) {
            return new Bench(new OtherServer(door, whom, Optional.empty()), plan, progress).run();
        }
        try (var sink = Sink.open(sinkPort.get())) {
            return new Bench(new OtherServer(door, whom, Optional.of(sink)), plan, progress).run();
        }
    }

    private Bench.Outcome ofOwn(Bench.Plan plan, Progress progress) throws IOException, InterruptedException {
        if (recipient.isPresent() || sinkPort.isPresent()) {
            throw misused("--recipient and --sink-port belong to --to");
        }
        var distribution = Distribution.directory("bench");
        var directory = parent.orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir"))).toAbsolutePath();
        refuseHomes(directory);
        refuseSmall(directory, plan.octets());
        var mailboxes = plan.workloads().stream().filter(workload -> workload.way() == Workload.Way.MAILDIR)
            .flatMap(workload -> plan.names(workload).stream()).toList();
        progress.line("measured on: " + BenchMachine.processors());
        progress.line("             " + BenchMachine.java());
        progress.line("             " + directory + ", " + BenchMachine.disk(directory));
        try (var sink = Sink.open(0); var server = new BenchServer(directory, distribution, mailboxes, sink)) {
            return untilCtrlC(server, plan, progress);
        }
    }

    private static Bench.Outcome untilCtrlC(BenchServer server, Bench.Plan plan, Progress progress)
            throws IOException, InterruptedException {
        var isEnding = new AtomicBoolean();
        var hook = Thread.ofPlatform().name("posthorn-bench-end").unstarted(() -> {
            isEnding.set(true);
            progress.end("stopped; the server and its home are removed");
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            progress.line("starting a server of its own");
            server.start();
            return new Bench(server, plan, progress).run();
        } finally {
            if (isEnding.get()) {
                new CountDownLatch(1).await();   // the hook ends this process: what fails now failed by its doing
            }
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    private Set<Workload> chosen() {
        var chosen = EnumSet.noneOf(Workload.class);
        workloads.forEach(id -> chosen.add(Workload.named(id).orElseThrow(() -> misused("--workload: expected some of "
            + String.join(", ", Workload.ids()) + ", found '" + id + "'"))));
        return chosen;
    }

    private int octets() {
        try {
            var octets = Units.octets(size);
            if (octets >= SMALLEST && octets <= LARGEST) {
                return (int) octets;
            }
        } catch (IllegalArgumentException e) {
            throw misused("--size: " + e.getMessage() + ", found '" + size + "'");
        }
        throw misused("--size: expected 1KiB to 32MiB, found '" + size + "'");
    }

    private int within(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw misused(String.format(Locale.ROOT, "%s: expected %,d to %,d, found %,d", option, least, most, value));
        }
        return value;
    }

    private InetSocketAddress loopback(String written) {
        try {
            var parsed = HostPort.parse(written);
            var addresses = InetAddress.getAllByName(parsed.host());
            if (!Arrays.stream(addresses).allMatch(InetAddress::isLoopbackAddress)) {
                throw new CommandException("--to: expected a loopback address, such as 127.0.0.1:" + parsed.port()
                    + "; a load like this is never sent to another host, found '" + written + "'");
            }
            return new InetSocketAddress(addresses[0], parsed.port());
        } catch (IllegalArgumentException e) {
            throw misused("--to: " + e.getMessage() + ", found '" + written + "'");
        } catch (UnknownHostException e) {
            throw new CommandException("--to: there is no host '" + written + "'", e);
        }
    }

    /** A server's home is no place for a bench, even though it would leave it as it was. */
    private static void refuseHomes(Path directory) {
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw new CommandException("--home: " + directory + " is no directory that can be written to");
        }
        for (var above = directory.normalize(); above != null; above = above.getParent()) {
            var home = new Home(above);
            if (Files.isDirectory(home.data()) && Files.exists(home.conf().resolve("server.xml"))) {
                throw new CommandException("--home: " + above + " is the home of a Posthorn server, which is left "
                    + "alone; name another directory on the same disk");
            }
        }
    }

    private static void refuseSmall(Path directory, long octets) throws IOException {
        var needed = octets * TIMES_ON_DISK + ROOM;
        var free = Files.getFileStore(directory).getUsableSpace();
        if (needed > free) {
            throw new CommandException("--home: " + directory + " has " + (free >> 20) + " MiB free, and so many "
                + "messages may need " + (needed >> 20) + " MiB; send fewer or smaller ones, or name another disk");
        }
    }

    private ParameterException misused(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
