package org.posthorn.server.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.posthorn.server.app.Home;
import org.posthorn.server.bench.Exit;
import org.posthorn.server.bench.MaildirExit;
import org.posthorn.server.bench.Sink;
import org.posthorn.server.bench.Subject;
import org.posthorn.server.bench.Tally;
import org.posthorn.server.bench.Workload;

/**
 * A throw-away Posthorn in a process of its own, as anybody would start it, and in a home of its own. Made, started and
 * removed under its own lock, so that Ctrl-C finds all of it or nothing.
 */
final class BenchServer implements Subject, AutoCloseable {

    private static final String KEPT = "bench.test";
    private static final String RELAYED = "relay.test";
    private static final String STORED = "store.test";
    private static final Pattern LISTENING = Pattern.compile("^listening smtp .*:(\\d+)$", Pattern.MULTILINE);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final Duration LAST_WORDS = Duration.ofSeconds(10);

    private final Path parent;
    private final Path distribution;
    private final List<String> mailboxes;
    private final Sink sink;
    private Optional<Path> scratch = Optional.empty();
    private Optional<Process> process = Optional.empty();
    private boolean isClosed;
    private volatile int port;

    /**
     * Prepares it.
     *
     * @param parent in which it gets a directory, until {@link #close}
     * @param mailboxes of the Maildir workloads, one for each run
     * @param sink where relayed mail goes
     */
    BenchServer(Path parent, Path distribution, List<String> mailboxes, Sink sink) {
        this.parent = parent;
        this.distribution = distribution;
        this.mailboxes = List.copyOf(mailboxes);
        this.sink = sink;
    }

    /** Makes its home, starts it, and waits until it is ready. */
    void start() throws IOException, InterruptedException {
        launch();
        var end = System.nanoTime() + PATIENCE.toNanos();
        while (!said().contains("posthorn ready")) {
            if (!process().isAlive() || System.nanoTime() > end) {
                throw new CommandException("the server to be measured did not start: " + said().strip());
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY.toMillis());
        }
        var line = LISTENING.matcher(said());
        if (!line.find()) {
            throw new CommandException("the server to be measured has no listener: " + said().strip());
        }
        port = Integer.parseInt(line.group(1));
    }

    private synchronized void launch() throws IOException {
        if (isClosed) {
            throw new CommandException("ended before it began");
        }
        scratch = Optional.of(Files.createTempDirectory(parent, "posthorn-bench-"));
        new HomeMaker(InstantSource.system()).make(home(), plan());
        var config = home().conf().resolve("server.xml");   // its archive would be made while it is measured
        Files.writeString(config, new ConfTemplate(Files.readString(config)).element("class-archive-after", "0 s")
            .toString());
        process = Optional.of(new ProcessBuilder(distribution.resolve("bin/posthorn").toString(), "run",
                "--home=" + home().directory())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true).redirectOutput(output().toFile()).start());
    }

    private HomePlan plan() {
        var free = Map.of("smtp", 0, "submission", 0, "submissions", 0, "lmtp", 0, "admin", 0);
        var to = "127.0.0.1:" + sink.port();
        return new HomePlan("mx." + KEPT,
            new HomePlan.Residents(List.of(KEPT), Map.of(), mailboxes.stream().map(name -> name + "@" + KEPT).toList(),
                Optional.empty(), List.of()),
            new HomePlan.Network("127.0.0.1", free, List.of(),
                new HomePlan.Believed(List.of("127.0.0.0/8"), List.of(), List.of())),
            new HomePlan.Outbound(Optional.empty(), Map.of(RELAYED, to, STORED, "lmtp:" + to)),
            HomePlan.SpfPolicy.TAG, HomePlan.Store.MAILDIR, Optional.empty());
    }

    private synchronized Path scratch() {
        return scratch.orElseThrow();
    }

    private Home home() {
        return new Home(scratch().resolve("home"));
    }

    private Path output() {
        return scratch().resolve("server.out");
    }

    private String said() throws IOException {
        return Files.readString(output());
    }

    private synchronized Process process() {
        return process.orElseThrow();
    }

    @Override public InetSocketAddress door() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    @Override public String recipient(Workload workload, String run) {
        return switch (workload.way()) {
            case MAILDIR -> run + "@" + KEPT;
            case SMTP -> run + "@" + RELAYED;
            case LMTP -> run + "@" + STORED;
        };
    }

    @Override public Optional<Exit> exit(Workload workload, String run, Tally tally) {
        return Optional.of(switch (workload.way()) {
            case MAILDIR -> new MaildirExit(home().mail().resolve(KEPT).resolve(run).resolve("Maildir/new"), tally);
            case SMTP, LMTP -> sink.expect(tally);
        });
    }

    @Override public Optional<Duration> cpu() {
        return process().info().totalCpuDuration();
    }

    /** Ends it at once, since nobody needs its mail, and removes all that it had. */
    @Override public synchronized void close() throws IOException {
        if (isClosed) {
            return;
        }
        isClosed = true;
        if (process.isPresent()) {
            process.get().destroyForcibly();
            try {
                process.get().waitFor(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (scratch.isPresent()) {
            HomeMaker.delete(scratch.get());
        }
    }
}
