package org.posthorn.protocols.sasl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CramMd5Test {

    private static final String CHALLENGE = "<1896.697170952@postoffice.reston.mci.net>";
    private static final Secrets TIM = new Secrets() {
        @Override public boolean areThere() {
            return true;
        }

        @Override public Lookup of(String user) {
            return switch (user) {
                case "tim" -> new Lookup.Known("tim@example.org", "tanstaaftanstaaf");
                case "later" -> new Lookup.Unavailable("no disk");
                default -> new Lookup.Unknown();
            };
        }
    };

    private static Mechanism.Step answer(String response) {
        var mechanism = new CramMd5Mechanism(TIM, CHALLENGE);
        assertThat(mechanism.clientFirst()).isFalse();
        assertThat(mechanism.step(new byte[0])).isInstanceOfSatisfying(Mechanism.Step.Challenge.class,
            asked -> assertThat(asked.challenge()).asString(StandardCharsets.US_ASCII).isEqualTo(CHALLENGE));
        return mechanism.step(response.getBytes(StandardCharsets.UTF_8));
    }

    @Test void theExampleOfTheRfcIsGranted() {
        assertThat(answer("tim b913a602c7eda7a495b4e6e7334d3890")).isEqualTo(
            new Mechanism.Step.Success("tim@example.org"));
    }

    @ParameterizedTest @CsvSource({"tim b913a602c7eda7a495b4e6e7334d3891, 535",
        "tom b913a602c7eda7a495b4e6e7334d3890, 535", "tim, 501", "' x', 501",
        "later b913a602c7eda7a495b4e6e7334d3890, 454"})
    void allElseIsNot(String response, int code) {
        assertThat(answer(response)).isInstanceOfSatisfying(Mechanism.Step.Failure.class,
            failure -> assertThat(failure.reply().code()).isEqualTo(code));
    }

    @Test void theClientMustNotSpeakFirst() {
        assertThat(new CramMd5Mechanism(TIM, CHALLENGE).step(new byte[] {'x'}))
            .isInstanceOf(Mechanism.Step.Failure.class);
    }

    @Test void itIsOfferedWhereSecretsAreThereAndNoChallengeIsUsedTwice() {
        var random = new Random(1);
        var all = Mechanisms.of(new FixedUser(), random);
        assertThat(all.andCramMd5(Secrets.none(), "mx", random).names()).doesNotContain("CRAM-MD5");
        var more = all.andCramMd5(TIM, "mx", random);
        assertThat(more.names()).endsWith("CRAM-MD5");
        var first = (Mechanism.Step.Challenge) more.begin("cram-md5").orElseThrow().step(new byte[0]);
        var second = (Mechanism.Step.Challenge) more.begin("cram-md5").orElseThrow().step(new byte[0]);
        assertThat(new String(first.challenge(), StandardCharsets.US_ASCII)).matches("<[A-Za-z0-9-]{24}@mx>");
        assertThat(second.challenge()).isNotEqualTo(first.challenge());
    }
}
