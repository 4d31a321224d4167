package org.posthorn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.server.bench.Sink;

class BenchCommandTest {

    @TempDir private Path temp;

    private static Invocation bench(String... options) {
        var words = new ArrayList<>(List.of("bench"));
        words.addAll(List.of(options));
        return Invocation.of("", words);
    }

    @ParameterizedTest @CsvSource(delimiter = '|', value = {
        "--messages=0        | --messages: expected 1 to 200,000, found 0",
        "--messages=200001   | --messages: expected 1 to 200,000, found 200,001",
        "--sessions=0        | --sessions: expected 1 to 100, found 0",
        "--sessions=101      | --sessions: expected 1 to 100, found 101",
        "--warm-up=-1        | --warm-up: expected 0 to 200,000, found -1",
        "--runs=0            | --runs: expected 1 to 20, found 0",
        "--runs=21           | --runs: expected 1 to 20, found 21",
        "--size=1023         | --size: expected 1KiB to 32MiB, found '1023'",
        "--size=33MiB        | --size: expected 1KiB to 32MiB, found '33MiB'",
        "--size=4kB          | --size: expected a size in octets",
        "--workload=lmtp,tcp | --workload: expected some of maildir, kept-open, relay, lmtp, large, found 'tcp'",
        "--to=127.0.0.1:25   | --to needs --recipient",
        "--recipient=a@b     | --recipient and --sink-port belong to --to",
        "--sink-port=1       | --recipient and --sink-port belong to --to"})
    void optionsHaveBorders(String option, String said) {
        var done = bench(option);
        assertThat(done.err()).startsWith(said);
        assertThat(done.code()).isEqualTo(2);
        assertThat(done.out()).isEmpty();
    }

    @ParameterizedTest @ValueSource(strings = {"192.0.2.1:25", "0.0.0.0:25", "[2001:db8::1]:25"})
    void aLoadIsSentToLoopbackOnly(String elsewhere) {
        var done = bench("--to=" + elsewhere, "--recipient=ann@example.org");
        assertThat(done.code()).isEqualTo(1);
        assertThat(done.err()).startsWith("posthorn: --to: expected a loopback address, such as 127.0.0.1:25; ");
        assertThat(done.out()).isEmpty();
    }

    @Test void aHomeIsNoPlaceForIt() throws IOException {
        Files.createDirectories(temp.resolve("home/data/spool"));
        Files.createDirectories(temp.resolve("home/conf"));
        Files.createFile(temp.resolve("home/conf/server.xml"));
        for (var place : List.of("home", "home/data/spool", "home/conf/../data")) {
            var done = withDistribution("--home=" + temp.resolve(place));
            assertThat(done.code()).isEqualTo(1);
            assertThat(done.err()).contains(temp.resolve("home") + " is the home of a Posthorn server, which is left");
        }
        assertThat(withDistribution("--home=" + temp.resolve("none")).err()).contains("none is no directory");
        assertThat(withDistribution("--home=" + temp, "--messages=200000", "--size=32MiB").err())
            .contains("MiB free, and so many messages may need");
        try (var files = Files.walk(temp)) {
            assertThat(files).hasSize(6);
        }
    }

    private static Invocation withDistribution(String... options) {
        var before = System.setProperty("posthorn.dist", "none");
        try {
            return bench(options);
        } finally {
            if (before == null) {
                System.clearProperty("posthorn.dist");
            } else {
                System.setProperty("posthorn.dist", before);
            }
        }
    }

    @Test void withoutADistributionThereIsNothingToStart() {
        assertThat(bench("--home=" + temp).err()).isEqualTo("posthorn: needs a distribution: run bin/posthorn bench"
            + System.lineSeparator());
    }

    /** The server that runs already is a sink here, and takes all: without --sink-port that is all that is seen. */
    @Test void aServerThatRunsAlreadyIsMeasured() throws IOException {
        try (var server = Sink.open(0)) {
            var done = bench("--to=127.0.0.1:" + server.port(), "--recipient=ann@example.org", "--messages=20",
                "--warm-up=0", "--runs=1", "--workload=maildir,kept-open");
            assertThat(done.err()).isEmpty();
            assertThat(done.code()).isZero();
            assertThat(done.out()).startsWith("measured: 127.0.0.1:" + server.port() + ", which runs already; ")
                .containsPattern("(?m)^maildir +[0-9,]+ +- +- +").containsPattern("(?m)^kept-open +[0-9,]+ +- +- +");
        }
    }

    @Test void whatIsLostIsToldAndTheCommandFails() throws IOException {
        int free;
        try (var closed = Sink.open(0)) {
            free = closed.port();
        }
        var done = bench("--to=127.0.0.1:" + free, "--recipient=ann@example.org", "--messages=3", "--warm-up=0",
            "--runs=1", "--workload=relay");
        assertThat(done.code()).isEqualTo(1);
        assertThat(done.err()).startsWith("posthorn: not every message was accepted and came out exactly once");
        assertThat(done.out()).contains("relay run 1 of 1: not accepted 3; first: Connection refused");
    }
}
