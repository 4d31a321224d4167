package org.posthorn.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerConfigTest {

    private final Problems problems = new Problems();

    private ServerConfig read(String hostname) {
        return read(hostname, "");
    }

    private ServerConfig read(String hostname, String more) {
        var xml = "<server><hostname>" + hostname + "</hostname>" + more + "</server>";
        return ServerConfig.read(ConfigFile.read("server.xml",
            new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)), "server", problems).orElseThrow());
    }

    @Test void theHostnameIsTaken() {
        assertThat(read("mx.example.org").hostname()).isEqualTo("mx.example.org");
        assertThat(problems.isEmpty()).isTrue();
    }

    @ParameterizedTest @ValueSource(strings = {"", "a b", "-a.example", "a..example", "[192.0.2.1]"})
    void aWrongHostnameIsToldOnceAndIsInNobodysWay(String hostname) {
        assertThat(read(hostname).hostname()).isEqualTo("localhost");
        assertThat(problems.all()).singleElement().asString().startsWith("server.xml:1: ").contains("hostname");
    }

    @Test void theClassArchiveIsMadeAMinuteAfterAStartUnlessToldOtherwise() {
        assertThat(read("mx.example.org").archiveAfter()).isEqualTo(Duration.ofMinutes(1));
        assertThat(read("mx.example.org", "<class-archive-after>0 s</class-archive-after>").archiveAfter())
            .isEqualTo(Duration.ZERO);
        assertThat(problems.isEmpty()).isTrue();
        read("mx.example.org", "<class-archive-after>soon</class-archive-after>");
        assertThat(problems.all()).singleElement().asString().contains("class-archive-after", "expected a time");
    }
}
