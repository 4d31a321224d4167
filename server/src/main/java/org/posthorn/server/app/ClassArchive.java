package org.posthorn.server.app;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The AOT cache of the JVM (JEP 483, 514, 515): the classes of a busy server, loaded and linked, and what its hot
 * methods did, so that a start takes less time and the JIT compiles the right methods at once.
 *
 * <p>The JVM refuses by itself an archive of another Java, or of jars that were changed, and starts without. The
 * launcher refuses one of another place. {@code FILE.for} says what an archive was made for; its first line, the
 * distribution's directory, is all that the launcher reads of it.
 *
 * <p>It is made by {@code posthorn rehearse} in a process of its own, under another name; tried; and moved into place
 * when that went well. So a crash leaves the old one, or none.
 *
 * @param file where it is, or will be
 * @param distribution what it is for
 */
public record ClassArchive(Path file, Path distribution) {

    /** Its name, in {@code data/} of a home and in {@code lib/} of a distribution. */
    public static final String NAME = "posthorn.aot";

    private static final String UNFINISHED = ".new";
    private static final String OPTIONS = "POSTHORN_JAVA_OPTS";
    private static final Path MAPPED = Path.of("/proc/self/maps");

    /** Makes the paths absolute. */
    public ClassArchive {
        file = file.toAbsolutePath().normalize();
        distribution = distribution.toAbsolutePath().normalize();
    }

    /**
     * Whether this process runs on an archive.
     *
     * @param given the one that the launcher named, empty for none
     */
    static boolean inUse(String given) throws IOException {
        if (given.isEmpty()) {
            return false;
        }
        if (!Files.isReadable(MAPPED)) {
            return true;   // only Linux tells; elsewhere one that is there counts
        }
        var path = Path.of(given).toRealPath().toString();
        try (var lines = Files.lines(MAPPED, StandardCharsets.ISO_8859_1)) {
            return lines.anyMatch(line -> line.endsWith(path));
        }
    }

    /**
     * Whether it was made for just this Java, these options and these jars. If it is not in use all the same, then
     * these options allow none, and another would be no better.
     */
    public boolean fits() throws IOException {
        return Files.isReadable(file) && Files.isReadable(note()) && Files.readString(note()).equals(purpose());
    }

    /**
     * Makes it anew, which takes a minute or so of a processor.
     *
     * @param prefix words before the launcher's, such as {@code nice}
     * @param patience for each of the two runs
     * @return empty when it was made; else why not
     */
    public Optional<String> make(List<String> prefix, Duration patience) throws IOException, InterruptedException {
        sweep();
        var fresh = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid() + UNFINISHED);
        try {
            // The name without its directory: options are split at blanks, and the directory may have some.
            var trouble = run(prefix, "-XX:AOTCacheOutput=" + fresh.getFileName(), "rehearse", patience);
            if (trouble.isPresent()) {
                return trouble;
            }
            if (!Files.exists(fresh) || Files.exists(Path.of(fresh + ".config"))) {
                return Optional.of("the JVM wrote none");
            }
            var tried = run(prefix, "-XX:AOTMode=on -XX:AOTCache=" + fresh.getFileName(), "--version", patience);
            if (tried.isEmpty()) {
                settle(fresh);
            }
            return tried;
        } finally {
            sweep();
        }
    }

    private void settle(Path fresh) throws IOException {
        try (var channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.deleteIfExists(note());
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        var text = file.resolveSibling(file.getFileName() + ".for" + UNFINISHED);
        Files.writeString(text, purpose());
        Files.move(text, note(), StandardCopyOption.ATOMIC_MOVE);
    }

    private Optional<String> run(List<String> prefix, String option, String verb, Duration patience)
            throws IOException, InterruptedException {
        var words = new ArrayList<>(prefix);
        words.add(distribution.resolve("bin/posthorn").toString());
        words.add(verb);
        var builder = new ProcessBuilder(words).directory(file.getParent().toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().merge(OPTIONS, option, (given, more) -> given + " " + more);
        var process = builder.start();
        try {
            letGoFirst(process);
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return Optional.of(verb + " took more than " + patience.toSeconds() + " s");
            }
            return process.exitValue() == 0 ? Optional.empty()
                : Optional.of(verb + " ended with " + process.exitValue());
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** When memory runs out, Linux is to end the rehearsal and not a server. */
    private static void letGoFirst(Process process) throws IOException {
        var score = Path.of("/proc", String.valueOf(process.pid()), "oom_score_adj");
        if (Files.isWritable(score)) {
            Files.writeString(score, "1000");
        }
    }

    /** What unfinished attempts left, this one's or others'. */
    private void sweep() throws IOException {
        var beginning = file.getFileName() + ".";
        try (Stream<Path> siblings = Files.list(file.getParent())) {
            for (var left : siblings.toList()) {
                var name = left.getFileName().toString();
                var unfinished = name.endsWith(UNFINISHED) || name.endsWith(UNFINISHED + ".config");
                if (unfinished && name.startsWith(beginning)) {
                    Files.deleteIfExists(left);
                }
            }
        }
    }

    private Path note() {
        return file.resolveSibling(file.getFileName() + ".for");
    }

    private String purpose() throws IOException {
        var text = new StringBuilder().append(distribution).append('\n')
            .append(System.getProperty("java.home")).append(' ').append(Runtime.version()).append('\n')
            .append(Optional.ofNullable(System.getenv(OPTIONS)).orElse("")).append('\n');
        try (Stream<Path> jars = Files.list(distribution.resolve("lib"))) {
            for (var jar : jars.filter(path -> path.toString().endsWith(".jar")).sorted().toList()) {
                text.append(jar.getFileName()).append(' ').append(Files.size(jar)).append(' ')
                    .append(Files.getLastModifiedTime(jar)).append('\n');
            }
        }
        return text.toString();
    }
}
