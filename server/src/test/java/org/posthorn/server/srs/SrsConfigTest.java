package org.posthorn.server.srs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problem;
import org.posthorn.server.config.Problems;
import org.posthorn.server.config.Sections;

class SrsConfigTest {

    private static final Path HOME = Path.of("/srv/posthorn");
    private static final SrsConfig STANDARD = SrsConfig.of("mx.example.org", HOME);

    private static SrsConfig read(String xml) {
        return SrsConfig.read(Sections.of("srs", xml), "mx.example.org", HOME);
    }

    @Test void theShippedFileSaysTheDefaults() {
        var problems = new Problems();
        var section = ConfigFile.read(Path.of("../conf/srs.xml"), "srs", problems).orElseThrow();
        assertThat(SrsConfig.read(section, "mx.example.org", HOME)).isEqualTo(STANDARD).isEqualTo(read("<srs/>"));
        assertThat(problems.all()).isEmpty();
    }

    @ParameterizedTest @CsvSource({"1 d, 4", "1000 d, 27", "21 d, 6"})
    void everyKeyIsRead(String age, int length) {
        assertThat(read("<srs><domain>B\u00fccher.example</domain><max-age>" + age + "</max-age><hash-length>" + length
            + "</hash-length><secrets>/etc/srs</secrets></srs>"))
            .isEqualTo(new SrsConfig("xn--bcher-kva.example", Duration.ofDays(Long.parseLong(age.split(" ")[0])),
                length, Path.of("/etc/srs")));
    }

    private static Problem problem(Path home) {
        var problems = new Problems();
        var section = ConfigFile.read("srs.xml", new ByteArrayInputStream(
            "<srs>\n<secrets>s</secrets></srs>".getBytes(StandardCharsets.UTF_8)), "srs", problems).orElseThrow();
        SrsConfig.read(section, "mx.example.org", home);
        assertThat(problems.all()).hasSize(1);
        return problems.all().getFirst();
    }

    @Test void secretsInADirectoryAreAProblem(@TempDir Path home) throws IOException {
        Files.createDirectory(home.resolve("s"));
        assertThat(problem(home)).hasToString("srs.xml:2: secrets: " + home.resolve("s")
            + " is a directory; expected a file with the secrets, one a line");
    }

    @ParameterizedTest @CsvSource({"0123456789abcde, a secret of fewer than 16 characters", "# none, no secret in it",
        "ÿÿÿ, cannot be read"})
    void secretsThatWouldNotDoAreAProblem(String text, String why, @TempDir Path home) throws IOException {
        Files.write(home.resolve("s"), text.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(problem(home).toString()).startsWith("srs.xml:2: secrets: " + home.resolve("s")).contains(why);
    }

    @ParameterizedTest @ValueSource(strings = {"<max-age>0 d</max-age>", "<max-age>1001 d</max-age>",
        "<max-age>12 h</max-age>", "<max-age>21</max-age>", "<hash-length>3</hash-length>",
        "<hash-length>28</hash-length>", "<domain>-a</domain>", "<colour/>"})
    void whatCannotBeIsAProblem(String xml) {
        var problems = new Problems();
        var section = ConfigFile.read("srs.xml", new ByteArrayInputStream(
            ("<srs>" + xml + "</srs>").getBytes(StandardCharsets.UTF_8)), "srs", problems)
            .orElseThrow();
        SrsConfig.read(section, "mx.example.org", HOME);
        assertThat(problems.all()).hasSize(1).first().extracting(Problem::line).isEqualTo(1);
    }
}
