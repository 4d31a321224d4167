package org.posthorn.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problem;
import org.posthorn.server.config.Problems;

class ListenersConfigTest {

    @TempDir Path home;

    private List<String> told(String content) {
        var problems = new Problems();
        var xml = "<listeners>\n" + content + "\n</listeners>";
        ListenersConfig.read(ConfigFile.read("listeners.xml",
            new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)), "listeners", problems).orElseThrow(), home);
        return problems.all().stream().map(Problem::toString).toList();
    }

    @ParameterizedTest @CsvSource({"127.0.0.1, 127.0.0.1", "0.0.0.0, 127.0.0.1", "127.0.0.1, '::'"})
    void aPortIsListenedOnOnce(String one, String other) {
        assertThat(told("<listener name='a' bind='" + one + "' port='2525'/>\n<listener name='b' bind='" + other
            + "' port='2525'/>")).containsExactly(
            "listeners.xml:3: port 2525 is taken by the listener 'a' already; choose another");
    }

    @ParameterizedTest @CsvSource({"127.0.0.1, 2525, 127.0.0.2, 2525", "127.0.0.1, 2525, 127.0.0.1, 2526",
        "127.0.0.1, 0, 127.0.0.1, 0"})
    void otherListenersGetOnTogether(String one, int port, String other, int otherPort) {
        assertThat(told("<listener name='a' bind='" + one + "' port='" + port + "'/>\n<listener name='b' bind='"
            + other + "' port='" + otherPort + "'/>")).isEmpty();
    }

    @Test void aCertificateThatIsNotThereIsNamed() {
        assertThat(told("<tls certificate='tls/cert.pem' key='tls/key.pem'/>\n<listener name='a'/>"))
            .singleElement().asString().startsWith("listeners.xml:2: there is no file " + home)
            .contains("expected the certificate and its key in PEM form");
    }
}
