package org.posthorn.server.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One message through the processors, over a spool in memory: accepted, led through, routed. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PipelineBenchmark {

    private static final int MOST = 500;        // messages in the spool, which looks through all of them

    private Path folder;
    private Bench bench;
    private int mails;

    /** A folder for the policy. */
    @Setup(Level.Trial) public void folder() throws IOException {
        folder = Files.createTempDirectory("posthorn-benchmark");
        begin();
    }

    private void begin() {
        bench = new Bench(folder).policy("""
            <processor state="root">
              <mailet match="SizeGreaterThan=10m" class="Null"/>
              <mailet match="RecipientIs=nobody@example.org" class="Null"/>
              <mailet match="HostIsLocal" class="LocalDelivery"/>
              <mailet match="All" class="RemoteDelivery"/>
            </processor>
            """);
    }

    /** Three matchers that look, one mailet that routes. */
    @Benchmark public Object fourSteps() throws InterruptedException {
        if (++mails % MOST == 0) {
            begin();
        }
        var id = bench.mail("zoe@far.example");
        bench.run();
        return id;
    }

    /** Removes the folder. */
    @TearDown(Level.Trial) public void remove() throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.delete(file);
            }
        }
    }
}
