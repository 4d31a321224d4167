package org.posthorn.server.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a bench was measured on: figures of one machine tell nothing of another. */
final class BenchMachine {

    private static final Path CPUS = Path.of("/proc/cpuinfo");
    private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

    private BenchMachine() {
    }

    /** The processors, and the system. */
    static String processors() throws IOException {
        var count = Runtime.getRuntime().availableProcessors();
        return count + (count == 1 ? " CPU" : " CPUs") + model().map(name -> ", " + name).orElse("") + "; "
            + System.getProperty("os.name") + " " + System.getProperty("os.version");
    }

    private static Optional<String> model() throws IOException {
        if (!Files.isReadable(CPUS)) {
            return Optional.empty();
        }
        try (var lines = Files.lines(CPUS, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith("model name")).findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip());
        }
    }

    /** The JVM: this process's, and so the server's, which the same launcher starts with the same options. */
    static String java() {
        var options = Optional.ofNullable(System.getenv("POSTHORN_JAVA_OPTS")).orElse("").strip();
        return String.format(Locale.ROOT, "Java %s, max heap %,d MiB, %s%s", Runtime.version(),
            Runtime.getRuntime().maxMemory() >> 20,
            System.getProperty("posthorn.archive", "").isEmpty() ? "no archive of classes (posthorn prepare makes one)"
                : "archive of classes", options.isEmpty() ? "" : ", POSTHORN_JAVA_OPTS " + options);
    }

    /** The file system of the scratch directory. */
    static String disk(Path scratch) throws IOException {
        var store = Files.getFileStore(scratch);
        return store.type() + " on " + store.name() + (IN_MEMORY.contains(store.type())
            ? ": in memory, where nothing is ever forced to a disk; --home=DIR names a directory on one" : "");
    }
}
