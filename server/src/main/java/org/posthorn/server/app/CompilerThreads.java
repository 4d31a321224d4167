package org.posthorn.server.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.posthorn.server.log.EventLog;

/**
 * Has the JVM's optimizing compiler (C2) give way to mail: with few cores it would take one of them for the first
 * minutes under load. W1 on two cores, messages 2,000 to 8,000 of a process: 1.4 times as many a second. Linux only;
 * threads that the compiler starts later inherit it.
 */
public final class CompilerThreads {

    private static final EventLog LOG = EventLog.of(CompilerThreads.class);
    private static final Path THREADS = Path.of("/proc/self/task");
    private static final String OPTIMIZING = "C2 ";
    private static final String NICE = "10";

    private CompilerThreads() {
    }

    /** Lowers their priority, on a thread of its own. Where that cannot be done, nothing changes. */
    public static void giveWay() {
        Thread.ofVirtual().name("posthorn-renice").start(() -> {
            try {
                renice(optimizing());
            } catch (IOException e) {
                LOG.debug("compiler-not-reniced", "why", e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static List<String> optimizing() throws IOException {
        var found = new ArrayList<String>();
        try (var threads = Files.newDirectoryStream(THREADS)) {
            for (var thread : threads) {
                if (Files.readString(thread.resolve("comm")).startsWith(OPTIMIZING)) {
                    found.add(String.valueOf(thread.getFileName()));
                }
            }
        }
        return found;
    }

    private static void renice(List<String> threads) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("renice", "-n", NICE, "-p"));
        command.addAll(threads);
        if (!threads.isEmpty()) {
            var process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }
}
