package org.posthorn.server.bounce;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.auth.spf.SpfResult;
import org.posthorn.server.bounce.BounceConfig.DoubleBounce;
import org.posthorn.server.bounce.BounceConfig.Instead;
import org.posthorn.server.bounce.BounceConfig.Rules;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problem;
import org.posthorn.server.config.Problems;

class BounceConfigTest {

    private final Problems problems = new Problems();

    private BounceConfig read(String xml) {
        return BounceConfig.read(ConfigFile.read("bounce.xml", new ByteArrayInputStream(
            xml.getBytes(StandardCharsets.UTF_8)), "bounce", problems).orElseThrow(), "mx.example.org");
    }

    @Test void nothingSaidAndTheFileThatIsShippedAreTheDefaults() throws IOException {
        assertThat(read("<bounce/>")).isEqualTo(BounceConfig.of("mx.example.org"));
        assertThat(read(Files.readString(Path.of("..", "conf", "bounce.xml"))))
            .isEqualTo(BounceConfig.of("mx.example.org"));
        assertThat(problems.all()).isEmpty();
    }

    @Test void everyKeyIsRead() {
        assertThat(read("""
            <bounce>
              <largest-returned>1 KiB</largest-returned> <processor>reports</processor>
              <postmaster>ann@example.org</postmaster> <double-bounce>hold</double-bounce>
              <forged-sender then="report" softfail="true"/>
              <storm most="0" period="5 m" then="drop"/>
            </bounce>
            """)).isEqualTo(new BounceConfig("mx.example.org", 1024, "reports", new Mailbox("ann", "example.org"),
                new Rules(DoubleBounce.HOLD, Instead.REPORT, Set.of(SpfResult.FAIL, SpfResult.SOFTFAIL), 0,
                Duration.ofMinutes(5), Instead.DROP)));
        assertThat(problems.all()).isEmpty();
    }

    @Test void mistakesAreToldWithTheirLines() {
        read("""
            <bounce>
              <postmaster>ann</postmaster>
              <double-bounce>ignore</double-bounce>
              <forged-sender then="bounce"/>
              <storm most="-1"/>
            </bounce>
            """);
        assertThat(problems.all()).extracting(Problem::line).containsExactlyInAnyOrder(2, 3, 4, 5);
    }
}
