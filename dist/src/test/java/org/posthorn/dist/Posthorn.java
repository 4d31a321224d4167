package org.posthorn.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The distribution, started as a user would: the launcher, a home, a process. */
final class Posthorn implements AutoCloseable {

    static final Path LAUNCHER = Path.of(System.getProperty("posthorn.dist"), "bin", "posthorn");
    private static final Duration PATIENCE = Duration.ofSeconds(60);   // for a loaded machine; what passes waits less

    private final Path home;
    private final Path output;
    private Process process;

    private Posthorn(Path home) {
        this.home = home;
        this.output = home.resolveSibling(home.getFileName() + ".out");
    }

    /** What a command printed and how it ended. */
    record Ended(int exit, String output) {
    }

    /** Makes a home with ann and bob at local.test, all ports free ones, loopback trusted. */
    static Posthorn init(Path home, String... more) throws IOException {
        var arguments = new ArrayList<>(List.of("init", home.toString(), "--hostname", "mx.local.test",
            "--domain", "local.test", "--user", "ann@local.test", "--user", "bob@local.test",
            "--bind", "127.0.0.1", "--port", "smtp=0", "--port", "submission=0", "--port", "submissions=0",
            "--port", "lmtp=0", "--port", "admin=0", "--trust", "127.0.0.0/8"));
        arguments.addAll(List.of(more));
        var ended = command(arguments.toArray(String[]::new));
        assertThat(ended.exit()).as(ended.output()).isZero();
        return new Posthorn(home);
    }

    /** Runs a command of the launcher to its end; standard output and error together. */
    static Ended command(String... arguments) throws IOException {
        return commandOf(LAUNCHER.getParent().getParent(), arguments);
    }

    /** A command of another distribution than the one that was built. */
    static Ended commandOf(Path distribution, String... arguments) throws IOException {
        var line = new ArrayList<>(List.of(distribution.resolve("bin/posthorn").toString()));
        line.addAll(List.of(arguments));
        var file = Files.createTempFile("posthorn", ".out");
        try {
            var process = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(file.toFile()).start();
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("did not end: " + line + "\n" + Files.readString(file));
            }
            return new Ended(process.exitValue(), Files.readString(file));
        } catch (InterruptedException e) {
            throw new IOException(e);
        } finally {
            Files.delete(file);
        }
    }

    /** A command on this home. */
    Ended at(String... arguments) throws IOException {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--home", home.toString()));
        return command(all.toArray(String[]::new));
    }

    /** Starts the server and does not wait for it. */
    void launch() throws IOException {
        launch(LAUNCHER, "");
    }

    private void launch(Path launcher, String options) throws IOException {
        var builder = new ProcessBuilder(launcher.toString(), "run", "--home", home.toString());
        builder.environment().merge("POSTHORN_JAVA_OPTS", options, (given, more) -> given + " " + more);
        process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    }

    /** Starts the server and waits until it says that it is ready. */
    Posthorn start() throws IOException {
        return start(LAUNCHER, "");
    }

    /**
     * The same by another launcher.
     *
     * @param options more for its Java
     */
    Posthorn start(Path launcher, String options) throws IOException {
        launch(launcher, options);
        waitUntil("posthorn ready", () -> {
            assertThat(process.isAlive()).as(said()).isTrue();
            return said().contains("posthorn ready");
        });
        return this;
    }

    /** All that it printed since its start. */
    String said() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The port of a listener, as printed at start. */
    int port(String listener) {
        var line = Pattern.compile("^listening " + listener + " .*:(\\d+)$", Pattern.MULTILINE).matcher(said());
        assertThat(line.find()).as(said()).isTrue();
        return Integer.parseInt(line.group(1));
    }

    /** A session with a listener, greeted. */
    Talk talk(String listener) throws IOException {
        return Talk.open(port(listener));
    }

    /** Sends one message by SMTP; the reply to the final dot. */
    String send(String from, String to, String message) throws IOException {
        try (var talk = talk("smtp")) {
            return talk.send(from, List.of(to), message);
        }
    }

    Path home() {
        return home;
    }

    Path conf(String file) {
        return home.resolve("conf").resolve(file);
    }

    long pid() {
        return process.pid();
    }

    /** What the server's JVM answers. */
    String jcmd(String question) throws IOException {
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var asked = new ProcessBuilder(jcmd, String.valueOf(pid()), question).redirectErrorStream(true).start();
        return new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** The messages in a mailbox's new/, oldest first. */
    List<Path> mailbox(String user) throws IOException {
        var fresh = home.resolve("mail/local.test").resolve(user).resolve("Maildir/new");
        if (!Files.isDirectory(fresh)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(fresh)) {
            return files.sorted().toList();
        }
    }

    /** Waits until the mailbox holds a message with this text, and gives that message. */
    String arrived(String user, String text) {
        var found = new ArrayList<String>();
        waitUntil("a message with '" + text + "' for " + user, () -> {
            try {
                for (var file : mailbox(user)) {
                    var message = Files.readString(file, StandardCharsets.ISO_8859_1);
                    if (message.contains(text)) {
                        found.add(message);
                        return true;
                    }
                }
                return false;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        return found.getFirst();
    }

    /** Waits for something that another process does; there is nothing here to be told by. */
    void waitUntil(String what, BooleanSupplier condition) {
        waitUntil(what, PATIENCE, condition);
    }

    /** The same for something slow. */
    void waitUntil(String what, Duration patience, BooleanSupplier condition) {
        var end = Instant.now().plus(patience);
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(end)) {
                throw new AssertionError("never saw " + what + "; it said:\n" + said() + log());
            }
            try {
                TimeUnit.MILLISECONDS.sleep(20);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private String log() {
        var log = home.resolve("log/posthorn.log");
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** SIGKILL. */
    void kill() throws IOException {
        process.destroyForcibly();
        await();
    }

    /** SIGTERM; the exit code. */
    int stop() throws IOException {
        process.destroy();
        return await();
    }

    private int await() throws IOException {
        try {
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("ended: " + log()).isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override public void close() throws IOException {
        if (process != null && process.isAlive()) {
            stop();
        }
    }
}
