package org.posthorn.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code posthorn bench}, as a person calls it. */
class BenchIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir private Path scratch;

    @Test void itTellsFiguresAndLeavesNothing() throws IOException {
        var ended = Posthorn.command("bench", "--home=" + scratch, "--messages=40", "--sessions=4", "--warm-up=0",
            "--runs=1", "--workload=maildir,lmtp");
        assertEquals(0, ended.exit(), ended.output());
        assertThat(ended.output()).startsWith("measured on: ").contains(scratch.toString());
        for (var workload : new String[] {"maildir", "lmtp"}) {
            assertThat(ended.output()).containsPattern("(?m)^" + workload
                + " +[0-9,]+ +[0-9,]+ +[0-9.]+ +[0-9.]+ ms +[0-9.]+ ms +0 +0$");
        }
        assertThat(scratch).isEmptyDirectory();
    }

    @Test void termEndsItsServerAndLeavesNothing() throws IOException, InterruptedException {
        var bench = new ProcessBuilder(Path.of(System.getProperty("posthorn.dist"), "bin/posthorn").toString(), "bench",
            "--home=" + scratch, "--workload=relay")
            .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try {
            var end = Instant.now().plus(PATIENCE);
            while (!isStarting() || bench.descendants().findAny().isEmpty()) {
                assertThat(bench.isAlive() && Instant.now().isBefore(end)).isTrue();
                TimeUnit.MILLISECONDS.sleep(20);
            }
            var server = bench.descendants().findFirst().orElseThrow();
            bench.destroy();
            assertThat(bench.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(bench.exitValue()).isEqualTo(143);
            assertThat(server.isAlive()).isFalse();
            assertThat(scratch).isEmptyDirectory();
        } finally {
            bench.descendants().forEach(ProcessHandle::destroyForcibly);
            bench.destroyForcibly();
        }
    }

    /** Its server's output is there. */
    private boolean isStarting() throws IOException {
        try (Stream<Path> directories = Files.list(scratch)) {
            return directories.anyMatch(directory -> Files.exists(directory.resolve("server.out")));
        }
    }
}
