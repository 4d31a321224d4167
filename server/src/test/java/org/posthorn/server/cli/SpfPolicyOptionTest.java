package org.posthorn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.server.chain.Workshop;
import picocli.CommandLine.TypeConversionException;

/** What {@code init --spf} makes of the default processors. */
class SpfPolicyOptionTest {

    @ParameterizedTest @CsvSource({"tag, true, false", "reject, true, true", "off, false, false"})
    void theStepsStandThereAsChosen(String written, boolean tags, boolean rejects) throws IOException {
        var text = new ConfTemplate(Files.readString(Path.of("..", "conf", "processors.xml")));
        HomeMaker.spf(text, new SpfPolicyName().convert(written));
        var steps = text.toString().replaceAll("(?s)<!--.*?-->", "");
        assertThat(steps.contains("class=\"SPF\"")).isEqualTo(tags);
        assertThat(steps.contains("SpfIs=fail")).isEqualTo(rejects);
        assertThat(new Workshop().problems(text.toString())).isEmpty();
    }

    @Test void otherPoliciesAreNotKnown() {
        assertThatExceptionOfType(TypeConversionException.class).isThrownBy(() -> new SpfPolicyName().convert("TAG"))
            .withMessageContaining("expected reject, tag or off");
    }
}
