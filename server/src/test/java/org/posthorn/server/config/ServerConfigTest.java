package org.posthorn.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerConfigTest {

    private final Problems problems = new Problems();

    private ServerConfig read(String hostname) {
        var xml = "<server><hostname>" + hostname + "</hostname></server>";
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
}
