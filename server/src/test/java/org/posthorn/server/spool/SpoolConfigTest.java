package org.posthorn.server.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problems;

class SpoolConfigTest {

    private static final Path HOME = Path.of("/home/posthorn");

    private final Problems problems = new Problems();

    @Test void nothingWrittenMeansTheDefaults() {
        assertThat(read("<spool/>")).isEqualTo(SpoolConfig.of(HOME));
        assertThat(problems.all()).isEmpty();
    }

    @Test void everyKeyIsRead() {
        assertThat(read("""
            <spool>
              <segment-size>2 MiB</segment-size>
              <inline-limit>8 KiB</inline-limit>
              <active-limit>500</active-limit>
              <history-retention>2 d</history-retention>
              <commit-batch>7</commit-batch>
              <commit-waiting>70</commit-waiting>
              <commit-patience>9 s</commit-patience>
              <reserve>1 MiB</reserve>
              <draft-memory>3 MiB</draft-memory>
              <recent-memory>5 KiB</recent-memory>
            </spool>
            """)).isEqualTo(new SpoolConfig(HOME.resolve("data"), 2 << 20, 8 << 10, 500, Duration.ofDays(2), 7, 70,
                Duration.ofSeconds(9), 1 << 20, 3 << 20, 5 << 10));
        assertThat(problems.all()).isEmpty();
    }

    @Test void everyMistakeIsToldWithItsLine() {
        read("""
            <spool>
              <segment-size>1 KiB</segment-size>
              <inline-limit>1 GiB</inline-limit>
              <active-limit>1</active-limit>
              <recent-memory>2 GiB</recent-memory>
            </spool>
            """);
        assertThat(problems.all()).extracting(problem -> problem.line()).containsExactly(1, 1, 1, 4);
    }

    private SpoolConfig read(String xml) {
        var in = new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8));
        return SpoolConfig.read(ConfigFile.read("spool.xml", in, "spool", problems).orElseThrow(), HOME);
    }
}
