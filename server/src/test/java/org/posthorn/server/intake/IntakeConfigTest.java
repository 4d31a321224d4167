package org.posthorn.server.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problems;

class IntakeConfigTest {

    private final Problems problems = new Problems();

    @Test void aClientIsHeldUpForAMinuteAtMost() {
        assertThat(read("").lagPause()).isEqualTo(Duration.ofSeconds(1));
        assertThat(read("<lag-pause>0 s</lag-pause>").lagPause()).isZero();
        assertThat(read("<lag-pause>1 m</lag-pause>").lagPause()).isEqualTo(Duration.ofMinutes(1));
        assertThat(problems.all()).isEmpty();
        read("<lag-pause>61 s</lag-pause>");
        assertThat(problems.all()).singleElement().asString().contains("expected 1 m at most");
    }

    @Test void theNumberOfHopsIsLimited() {
        assertThat(read("").hopLimit()).isEqualTo(100);
        assertThat(read("<hop-limit>10</hop-limit>").hopLimit()).isEqualTo(10);
        assertThat(problems.all()).isEmpty();
        read("<hop-limit>9</hop-limit>");
        assertThat(problems.all()).singleElement().asString().contains("expected a number from 10 to 10000");
    }

    @Test void sendersMayHaveAReturnPathForEachRecipient() {
        assertThat(read("<verp sender=\"List@example.org\"/><verp sender=\"b@example.org\" delimiters=\"-=\"/>").verp())
            .containsOnly(entry("list@example.org", "+="), entry("b@example.org", "-="));
        assertThat(problems.all()).isEmpty();
        read("<verp sender=\"a@example.org\" delimiters=\"ab\"/>");
        assertThat(problems.all()).singleElement().asString().contains("expected two of + - =");
    }

    private IntakeConfig read(String settings) {
        var xml = new ByteArrayInputStream(("<intake>" + settings + "</intake>").getBytes(StandardCharsets.UTF_8));
        return IntakeConfig.read(ConfigFile.read("intake.xml", xml, "intake", problems).orElseThrow(), "mx.example.org",
            1 << 20);
    }
}
