package org.posthorn.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.posthorn.server.config.DescribedSetting;
import org.posthorn.server.config.Problem;
import org.posthorn.server.config.Problems;
import org.posthorn.server.listen.SelfSignedCertificate;

/**
 * What the XSDs describe is what the records read: each setting changes something, and what holds without it is the
 * default that the XSD names. (That the records read nothing else, {@code Section} asserts.)
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DescribedSettingsTest {

    private static final String NONSENSE = "~ no value of anything ~";

    private Path directory;

    /** By file and text, because most settings have the same file without them. */
    private final Map<String, Reading> known = new HashMap<>();

    static Stream<String> files() {
        return ConfigFiles.NAMES.stream()
            .filter(name -> !name.equals("logback.xml") && !name.equals("processors.xml"));   // a mailet reads its own
    }

    @BeforeAll void makeHome(@TempDir Path temporary) throws IOException {
        directory = temporary;
        var home = new Home(directory);
        Files.createDirectories(home.conf());
        Files.createDirectories(home.tls());
        SelfSignedCertificate.write(home.tls(), "mail.example.org", Instant.parse("2026-01-01T00:00:00Z"));
    }

    @ParameterizedTest @MethodSource("files")
    void whatMustBeGivenIsEnough(String file) throws IOException {
        assertThat(read(file, DescribedSetting.leastFile(file)).problems()).isEmpty();
    }

    @ParameterizedTest @MethodSource("files")
    void everySettingDoesSomething(String file) throws IOException {
        for (var setting : DescribedSetting.of(file)) {
            var nonsense = read(file, setting.file(NONSENSE));
            assertThat(nonsense).as("%s: %s is read", file, setting.path()).isNotEqualTo(read(file, setting.file()));
            if (!setting.choices().isEmpty()) {
                assertThat(nonsense.problems()).as("%s: %s", file, setting.path()).singleElement().asString()
                    .contains("expected one of " + String.join(", ", setting.choices()) + ", found");
            }
        }
    }

    @ParameterizedTest @MethodSource("files")
    void everyDefaultIsTheOneDescribed(String file) throws IOException {
        for (var setting : DescribedSetting.of(file)) {
            if (setting.defaultValue().isPresent()) {
                assertThat(read(file, setting.file(setting.defaultValue().get())))
                    .as("%s: %s", file, setting.path()).isEqualTo(read(file, setting.file()));
            }
        }
    }

    @ParameterizedTest @MethodSource("files")
    void everyExampleIsGood(String file) throws IOException {
        for (var setting : DescribedSetting.of(file)) {
            if (setting.example().isPresent()) {
                assertThat(read(file, setting.file(setting.example().get())).problems())
                    .as("%s: %s", file, setting.path()).isEmpty();
            }
        }
    }

    /** What a configuration means, and what is wrong with the file. */
    private record Reading(ConfigFiles config, List<Problem> problems) {
    }

    /** Reads one file; the others are not there, which takes less time and makes no difference. */
    private Reading read(String file, String text) throws IOException {
        if (known.containsKey(file + text)) {
            return known.get(file + text);
        }
        var path = new Home(directory).conf().resolve(file);
        Files.writeString(path, text);
        var problems = new Problems();
        var config = ConfigFiles.read(new Home(directory), problems);
        Files.delete(path);
        var reading = new Reading(config, problems.all().stream().filter(one -> one.file().equals(file)).toList());
        known.put(file + text, reading);
        return reading;
    }
}
