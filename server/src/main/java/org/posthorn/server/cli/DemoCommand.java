package org.posthorn.server.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.posthorn.server.app.Home;
import org.posthorn.server.app.Logging;
import org.posthorn.server.app.Server;
import org.posthorn.server.config.Problems;
import org.posthorn.server.spool.Event;
import org.posthorn.server.spool.QueueId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code posthorn demo}: a throw-away server on free ports, one message through it, and where that went. */
@Command(name = "demo", description = "Shows a throw-away server at work: one message through it, and where it went.")
final class DemoCommand implements Callable<Integer> {

    private static final String USER = "ann@demo.example";
    private static final String PASSWORD = "demo-secret";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private final Terminal terminal;
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch cleared = new CountDownLatch(1);

    @Option(names = "--once", description = "End after the message.")
    private boolean once;

    DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override public Integer call() throws IOException, InterruptedException {
        clearUpOnCtrlC();
        var parent = Files.createTempDirectory("posthorn-demo-");
        var home = new Home(parent.resolve("home"));
        try {
            new HomeMaker(InstantSource.system()).make(home, plan());
            var problems = new Problems();
            Logging.use(home, problems);
            var server = Server.assemble(home, problems);
            server.start();
            try {
                show(server, home);
                if (!once) {
                    invite(server, home);
                    asked.await();
                }
            } finally {
                server.stop(Duration.ofSeconds(5));
            }
        } finally {
            HomeMaker.delete(parent);
            cleared.countDown();
        }
        return 0;
    }

    private static HomePlan plan() {
        var free = Map.of("smtp", 0, "submission", 0, "submissions", 0, "lmtp", 0, "admin", 0);
        return new HomePlan("mx.demo.example",
            new HomePlan.Residents(List.of("demo.example"), Map.of(),
                List.of(USER + ":" + PASSWORD, "bob@demo.example"), Optional.empty(),
                List.of("info@demo.example=" + USER)),
            new HomePlan.Network("127.0.0.1", free, List.of(), new HomePlan.Believed(List.of(), List.of(), List.of())),
            new HomePlan.Outbound(Optional.empty(), Map.of()), HomePlan.SpfPolicy.TAG,
            HomePlan.Store.MAILDIR, Optional.empty());
    }

    private void show(Server server, Home home) throws IOException, InterruptedException {
        say("A throw-away server for demo.example is up. One message for info@demo.example, an alias of " + USER + ":");
        say("");
        var id = send(address(server, "smtp"));
        var history = awaitDelivery(server, id);
        say("");
        say("The history of " + id + ", as `posthorn trace " + id + "` tells it:");
        say("");
        for (var event : history) {
            say("  " + event.at() + "  " + event.what() + (event.recipient().isEmpty() ? "" : " " + event.recipient())
                + "  " + event.detail());
        }
        say("");
        var file = delivered(home);
        say("The file " + file + ":");
        say("");
        Files.readAllLines(file).forEach(line -> say("  " + line));
        say("");
    }

    /** Speaks SMTP by hand, so that the demo shows what really goes over the wire. */
    private QueueId send(InetSocketAddress smtp) throws IOException {
        try (var socket = new Socket(smtp.getAddress(), smtp.getPort())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            var out = new PrintWriter(socket.getOutputStream(), false, StandardCharsets.UTF_8);
            heard(in);
            for (var line : List.of("EHLO laptop.example", "MAIL FROM:<kim@elsewhere.example>",
                    "RCPT TO:<info@demo.example>", "DATA")) {
                said(out, line);
                heard(in);
            }
            for (var line : List.of("From: Kim <kim@elsewhere.example>", "To: info@demo.example",
                    "Subject: Hello, Posthorn", "", "This came in by SMTP.")) {
                said(out, line);
            }
            said(out, ".");
            var reply = heard(in);
            said(out, "QUIT");
            heard(in);
            if (!reply.startsWith("250 ")) {
                throw new CommandException("the demo's own server refused the message: " + reply);
            }
            return QueueId.parse(reply.substring(reply.lastIndexOf(' ') + 1));
        }
    }

    private void said(PrintWriter out, String line) {
        out.print(line + "\r\n");
        out.flush();
        say("  C: " + line);
    }

    private String heard(BufferedReader in) throws IOException {
        while (true) {
            var line = in.readLine();
            if (line == null) {
                throw new CommandException("the demo's own server closed the connection");
            }
            say("  S: " + line);
            if (line.length() < 4 || line.charAt(3) != '-') {
                return line;
            }
        }
    }

    private static List<Event> awaitDelivery(Server server, QueueId id) throws InterruptedException {
        var end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var history = server.spool().history(id);
            if (history.stream().anyMatch(event -> event.what().equals("delivered"))) {
                return history;
            }
            if (System.nanoTime() > end) {
                throw new CommandException("not delivered in " + PATIENCE.toSeconds() + " s: " + history);
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY.toMillis());
        }
    }

    private static Path delivered(Home home) throws IOException {
        try (Stream<Path> files = Files.list(home.mail().resolve("demo.example/ann/Maildir/new"))) {
            return files.findFirst().orElseThrow();
        }
    }

    private void invite(Server server, Home home) {
        server.listening().forEach(open -> say("listening " + open));
        say("");
        say("Talk to it, for example:");
        say("  curl smtp://127.0.0.1:" + address(server, "smtp").getPort()
            + " --mail-from you@elsewhere.example --mail-rcpt " + USER + " -T message.txt");
        say("  curl -k --ssl-reqd smtp://127.0.0.1:" + address(server, "submission").getPort() + " -u " + USER + ":"
            + PASSWORD + " --mail-from " + USER + " --mail-rcpt bob@demo.example -T message.txt");
        say("  posthorn queue list --home " + home.directory());
        say("Its policy is " + home.conf().resolve("processors.xml") + ". Ctrl-C ends it, and nothing of it stays.");
    }

    /** Ctrl-C lets the main thread go on to its end, where it clears up, and the process's end waits for that. */
    private void clearUpOnCtrlC() {
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("posthorn-demo-end").unstarted(() -> {
            asked.countDown();
            try {
                cleared.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    private static InetSocketAddress address(Server server, String name) {
        return server.listening().stream().filter(open -> open.name().equals(name)).findFirst().orElseThrow().address();
    }

    private void say(String line) {
        terminal.out().println(line);
        terminal.out().flush();
    }
}
