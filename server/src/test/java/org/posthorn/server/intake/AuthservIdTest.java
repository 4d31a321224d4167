package org.posthorn.server.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthservIdTest {

    @ParameterizedTest @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "` mx.example.org; none`                      | mx.example.org",
        "`mx.example.org`                             | mx.example.org",
        "` MX.Example.ORG 1; spf=pass`                | mx.example.org",
        "` mx.example.org.; none`                     | mx.example.org",
        "` (a comment) mx.example.org; none`          | mx.example.org",
        "` (a (nested \\) one) too) (x)mx.example.org/1; x` | mx.example.org",
        "` \"mx.example.org\"; none`                  | mx.example.org",
        "` \"mx\\.example.org\"; none`                | mx.example.org",
        "` mx.example.org(comment); none`             | mx.example.org",
        "` other.example; auth=pass (mx.example.org)` | other.example"
    })
    void theIdIsFoundWhateverStandsAroundIt(String value, String id) {
        assertThat(AuthservId.of(value)).contains(id);
    }

    @Test void aFoldedValueIsReadAsOne() {
        assertThat(AuthservId.of("\r\n\t(x\r\n y)\r\n mx.example.org;\r\n spf=pass\r\n")).contains("mx.example.org");
    }

    @ParameterizedTest @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "``", "` `", "`; none`", "` (never ends mx.example.org; none`", "` \"never ends`", "` (c) \"\" ;`"
    })
    void whatHasNoIdHasNone(String value) {
        assertThat(AuthservId.of(value)).isEmpty();
    }

    @Test void anyValueIsReadWithoutHarm() {
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++) {
            var value = new StringBuilder();
            for (var i = random.nextInt(12); i > 0; i--) {
                value.append("ab.()\\\"; \t\r\n/".charAt(random.nextInt(13)));
            }
            assertThat(AuthservId.of(value.toString())).satisfiesAnyOf(
                id -> assertThat(id).isEqualTo(Optional.empty()), id -> assertThat(id.orElse("")).isNotEmpty());
        }
    }
}
