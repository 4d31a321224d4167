package org.posthorn.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problems;
import org.posthorn.server.config.Section;

class AdminConfigTest {

    private static final Path DATA = Path.of("data");

    private final Problems problems = new Problems();

    private AdminConfig read(String xml) {
        return read(ConfigFile.read("admin.xml", new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)),
            "admin", problems).orElseThrow());
    }

    private static AdminConfig read(Section section) {
        return AdminConfig.read(section, DATA);
    }

    @Test void theShippedFileSaysTheDefaults() {
        var shipped = ConfigFile.read(Path.of("../conf/admin.xml"), "admin", problems).orElseThrow();
        assertThat(read(shipped)).isEqualTo(AdminConfig.defaults(DATA)).isEqualTo(read("<admin/>"));
        assertThat(problems.all()).isEmpty();
    }

    @Test void bindAndPortAreRead() {
        assertThat(read("<admin><bind>::1</bind><port>0</port></admin>"))
            .isEqualTo(new AdminConfig(InetAddress.ofLiteral("::1"), 0, DATA));
        assertThat(problems.all()).isEmpty();
    }

    @ParameterizedTest @ValueSource(strings = {"0.0.0.0", "192.0.2.1", "::", "localhost", "example.org", ""})
    void whatOthersCouldReachIsRefusedWithItsLine(String bind) {
        read("<admin>\n<bind>" + bind + "</bind>\n<port>65536</port></admin>");
        assertThat(problems.all()).extracting(problem -> problem.line()).containsExactly(2, 3);
    }
}
