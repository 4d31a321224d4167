package org.posthorn.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.server.auth.spf.SpfConfig;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problems;

class AuthConfigTest {

    private final Problems problems = new Problems();

    private AuthConfig read(String xml) {
        var section = ConfigFile.read("auth.xml", new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)),
            "auth", problems).orElseThrow();
        return AuthConfig.read(section, "mx.example.org");
    }

    @Test void anEmptyFileMeansWhatTheRfcRecommends() {
        assertThat(read("<auth/>")).isEqualTo(AuthConfig.of("mx.example.org")).isEqualTo(
            new AuthConfig(new SpfConfig(2, Duration.ofSeconds(20), "mx.example.org")));
        assertThat(problems.isEmpty()).isTrue();
    }

    @ParameterizedTest @ValueSource(strings = {"void-lookups='0' timeout='1 s'", "void-lookups='10' timeout='4 m'"})
    void theBordersAreGood(String attributes) {
        read("<auth><spf " + attributes + "/></auth>");
        assertThat(problems.all()).isEmpty();
    }

    @ParameterizedTest @ValueSource(strings = {"void-lookups='-1'", "void-lookups='11'", "timeout='999 ms'",
        "timeout='241 s'", "timeout='soon'", "lookups='10'"})
    void whatLiesBeyondIsAProblemAndTheDefaultHolds(String attribute) {
        assertThat(read("<auth><spf " + attribute + "/></auth>")).isEqualTo(AuthConfig.of("mx.example.org"));
        assertThat(problems.all()).hasSize(1);
    }
}
