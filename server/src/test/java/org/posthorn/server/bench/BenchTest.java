package org.posthorn.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.posthorn.server.bench.Workload.Amount;

/** The load goes straight into the sink, which is the server here. */
class BenchTest {

    private static final Duration STALL = Duration.ofMillis(300);

    private final StringWriter out = new StringWriter();
    private Sink sink;

    @BeforeEach void open() throws IOException {
        sink = Sink.open(0);
    }

    @AfterEach void close() throws IOException {
        sink.close();
    }

    private Bench.Outcome bench(Subject subject, Workload workload, int messages, int warmUp)
            throws IOException, InterruptedException {
        return new Bench(subject, new Bench.Plan(Set.of(workload), new Amount(messages, 4, 2000), warmUp, 2, "t",
            STALL), new Progress(new PrintWriter(out), false, System::nanoTime)).run();
    }

    private InetSocketAddress door() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), sink.port());
    }

    private Subject whole() {
        return new OtherServer(door(), "ann@example.org", Optional.of(sink));
    }

    /** A server of which one sees more, or less, than comes out. */
    private record Odd(Subject like, Exit exit, AtomicInteger seconds) implements Subject {

        @Override public InetSocketAddress door() {
            return like.door();
        }

        @Override public String recipient(Workload workload, String run) {
            return like.recipient(workload, run);
        }

        @Override public Optional<Exit> exit(Workload workload, String run, Tally tally) {
            like.exit(workload, run, tally);
            return Optional.of(exit);
        }

        @Override public Optional<Duration> cpu() {
            return Optional.of(Duration.ofSeconds(Math.min(4, seconds.getAndIncrement())));
        }
    }

    @ParameterizedTest @EnumSource(names = "LARGE", mode = EnumSource.Mode.EXCLUDE)
    void eachMessageComesOutOnce(Workload workload) throws IOException, InterruptedException {
        var outcome = bench(whole(), workload, 250, 30);
        assertThat(outcome.faults()).isEmpty();
        assertThat(outcome.table().lines().skip(1)).hasSize(1)
            .allMatch(line -> line.matches(workload.id() + " +[0-9,]+ +[0-9,]+ +- +[0-9.]+ ms +[0-9.]+ ms +0 +0"));
        assertThat(out.toString().lines().map(line -> line.substring(0, line.indexOf(':'))))
            .containsExactly(workload.id() + " run 1 of 2", workload.id() + " run 2 of 2");
    }

    @Test void whatNeverComesOutIsLost() throws IOException, InterruptedException {
        var nothing = new Odd(whole(), Exit.counted(new Tally("t-relay-1", 3)), new AtomicInteger());
        assertThat(bench(nothing, Workload.RELAY, 3, 0).faults()).containsExactly(
            "relay run 1 of 2: accepted and lost 3: number 0, number 1, number 2",
            "relay run 2 of 2: accepted and lost 3: number 0, number 1, number 2");
    }

    @Test void whatComesOutTwiceIsDoubled() throws IOException, InterruptedException {
        var seen = new Tally("t-relay-1", 3);
        for (var number : List.of(0, 1, 2, 1)) {
            seen.saw("X-Bench-Id: t-relay-1-" + number, Instant.now());
        }
        var outcome = bench(new Odd(whole(), Exit.counted(seen), new AtomicInteger()), Workload.RELAY, 3, 0);
        assertThat(outcome.faults()).first().isEqualTo("relay run 1 of 2: came twice or more 1: number 1");
    }

    /** Tidying up costs too: it is counted until the server has come to rest. */
    @Test void processorTimeIsCountedUntilItRests() throws IOException, InterruptedException {
        var seen = new Tally("t-relay-0", 4);
        for (var number = 0; number < 4; number++) {
            seen.saw("X-Bench-Id: t-relay-0-" + number, Instant.now());
        }
        bench(new Odd(whole(), Exit.counted(seen), new AtomicInteger()), Workload.RELAY, 4, 0);
        assertThat(out.toString()).contains("relay run 1 of 2:", "CPU 1000.00 s per 1,000", "CPU 0.00 s per 1,000");
    }

    @Test void ofAServerThatTellsNothingOnlyWhatItAcceptsIsKnown() throws IOException, InterruptedException {
        var outcome = bench(new OtherServer(door(), "ann@example.org", Optional.empty()), Workload.MAILDIR, 5, 0);
        assertThat(outcome.faults()).isEmpty();
        assertThat(outcome.table()).containsPattern("maildir +[0-9,]+ +- +- +");
    }

    @Test void manyMessagesShareAConnectionWhereTheWorkloadSaysSo() throws IOException, InterruptedException {
        try (var scripted = new ScriptedServer("250 ok")) {
            var amount = new Amount(250, 1, 100);
            var load = new Load(scripted.door(), "ann@example.org", Workload.KEPT_OPEN, amount, "t");
            load.start();
            var end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (!load.isDone() && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            load.stop();
            assertThat(load.accepted()).isEqualTo(250);
            assertThat(load.refused()).isEmpty();
            assertThat(load.waits()).hasSize(250).isSorted();
            assertThat(scripted.connections()).isEqualTo(3);
        }
    }

    @Test void refusedMessagesAreToldAndNotSentForEver() throws IOException, InterruptedException {
        try (var scripted = new ScriptedServer("452 4.3.1 full")) {
            var outcome = bench(new OtherServer(scripted.door(), "ann@example.org", Optional.of(sink)),
                Workload.MAILDIR, 5000, 0);
            assertThat(outcome.faults()).containsExactly(
                "maildir run 1 of 2: not accepted 5000; first: the server said: 452 4.3.1 full",
                "maildir run 2 of 2: not accepted 5000; first: the server said: 452 4.3.1 full");
            assertThat(scripted.connections()).isLessThan(250);
        }
    }

    @Test void aServerThatSaysNothingEndsTheRun() throws IOException, InterruptedException {
        try (var scripted = new ScriptedServer("")) {
            var outcome = bench(new OtherServer(scripted.door(), "ann@example.org", Optional.empty()),
                Workload.MAILDIR, 9, 0);
            assertThat(outcome.faults()).hasSize(2).allMatch(fault -> fault.contains("not accepted 9"));
        }
    }

    @Test void largeMessagesAreFew() {
        assertThat(Workload.LARGE.amount(new Amount(2000, 20, 4096))).isEqualTo(new Amount(40, 4, 10 << 20));
        assertThat(Workload.LARGE.amount(new Amount(1, 1, 4096))).isEqualTo(new Amount(1, 1, 10 << 20));
        assertThat(Workload.RELAY.amount(new Amount(1, 1, 4096))).isEqualTo(new Amount(1, 1, 4096));
        var plan = new Bench.Plan(Set.of(Workload.LARGE, Workload.RELAY), new Amount(100, 2, 1000), 50, 3, "t", STALL);
        assertThat(plan.octets()).isEqualTo(350 * 1000 + (1 + 6L) * (10 << 20));
        assertThat(plan.names(Workload.LARGE)).containsExactly("large-0", "large-1", "large-2", "large-3");
    }
}
