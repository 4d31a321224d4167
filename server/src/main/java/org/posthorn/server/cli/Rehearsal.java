package org.posthorn.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.posthorn.server.app.Home;
import org.posthorn.server.app.Server;

/**
 * A busy day in some seconds: two servers, and clients that send by SMTP, LMTP and submission, one message a connection
 * and many, to mailboxes, to the other server and to a store behind LMTP. The JVM that watches it learns what a server
 * loads and which of its methods are hot.
 */
final class Rehearsal {

    private static final String USER = "ann@near.example";
    private static final String PASSWORD = "rehearsal-secret";
    private static final int CLIENTS = 8;
    private static final int PIPELINED = 20;
    private static final int RARELY = 50;
    private static final int SELDOM = 1000;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Path directory;

    Rehearsal(Path directory) {
        this.directory = directory;
    }

    void run(int messages) throws IOException, InterruptedException {
        var farRun = run("far", "far.example", List.of("far.example", "store.example"),
            List.of("bob@far.example", "bob@store.example"), Map.of());
        var far = farRun.server();
        try {
            var nearRun = run("near", "near.example", List.of("near.example"),
                List.of(USER + ":" + PASSWORD, "bob@near.example"),
                Map.of("far.example", hostPort(far, "smtp"), "store.example", "lmtp:" + hostPort(far, "lmtp")));
            var near = nearRun.server();
            try {
                send(near, messages);
                awaitEmpty(near);
                awaitEmpty(far);
            } finally {
                nearRun.stop(GRACE);
            }
        } finally {
            farRun.stop(GRACE);
        }
    }

    /** A server as the command {@code run} has it. */
    private ServerRun.Running run(String folder, String name, List<String> domains, List<String> users,
                                  Map<String, String> relayDomains) throws IOException {
        var home = new Home(directory.resolve(folder));
        var free = Map.of("smtp", 0, "submission", 0, "submissions", 0, "lmtp", 0, "admin", 0);
        new HomeMaker(InstantSource.system()).make(home, new HomePlan("mx." + name,
            new HomePlan.Residents(domains, Map.of(), users, Optional.empty(), List.of()),
            new HomePlan.Network("127.0.0.1", free, List.of(),
                new HomePlan.Believed(List.of("127.0.0.0/8"), List.of(), List.of())),
            new HomePlan.Outbound(Optional.empty(), relayDomains), HomePlan.SpfPolicy.TAG, HomePlan.Store.MAILDIR,
            Optional.empty()));
        var nobody = new PrintWriter(Writer.nullWriter());
        return new ServerRun(new Terminal(InputStream.nullInputStream(), nobody, nobody))
            .start(new Home(HomeOption.checked(home.directory())));
    }

    private static void send(Server near, int messages) throws IOException, InterruptedException {
        var left = new AtomicInteger(messages);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Boolean> client = () -> {
                for (var number = left.getAndDecrement(); number > 0; number = left.getAndDecrement()) {
                    sendOne(near, number);
                }
                return true;
            };
            for (var done : threads.invokeAll(Collections.nCopies(CLIENTS, client),
                    PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                done.get();
            }
        } catch (ExecutionException | CancellationException e) {
            throw new IOException("not all could be sent", e);
        }
    }

    private static void sendOne(Server near, int number) throws IOException {
        switch (number % SELDOM) {
            case 1 -> RehearsalClient.submit(address(near, "submissions"), USER, PASSWORD, "bob@near.example");
            case 2 -> RehearsalClient.large(address(near, "smtp"), "bob@near.example");
            default -> {
                if (number % RARELY == 0) {
                    RehearsalClient.many(address(near, "smtp"), "bob@near.example", PIPELINED);
                } else {
                    usual(near, number);
                }
            }
        }
    }

    private static void usual(Server near, int number) throws IOException {
        switch (number % 4) {
            case 0 -> RehearsalClient.smtp(address(near, "smtp"), "bob@far.example");
            case 1 -> RehearsalClient.smtp(address(near, "smtp"), "bob@store.example");
            case 2 -> RehearsalClient.smtp(address(near, "smtp"), "bob@near.example");
            default -> {
                if (number % 8 == 3) {
                    RehearsalClient.lmtp(address(near, "lmtp"), "bob@near.example");
                } else {
                    RehearsalClient.smtp(address(near, "smtp"), USER);
                }
            }
        }
    }

    private static void awaitEmpty(Server server) throws IOException, InterruptedException {
        var end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var counts = server.spool().counts();
            if (counts.pending() + counts.routed() == 0) {
                return;
            }
            if (System.nanoTime() > end) {
                throw new IOException("mail is left", new TimeoutException(counts.toString()));
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY.toMillis());
        }
    }

    private static String hostPort(Server server, String listener) {
        return "127.0.0.1:" + address(server, listener).getPort();
    }

    private static InetSocketAddress address(Server server, String name) {
        return server.listening().stream().filter(open -> open.name().equals(name)).findFirst().orElseThrow().address();
    }
}
