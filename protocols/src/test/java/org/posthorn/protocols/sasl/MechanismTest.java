package org.posthorn.protocols.sasl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.sasl.Mechanism.Step;

class MechanismTest {

    private static final String CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
    private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

    private final FixedUser user = new FixedUser();

    /** The exchange of RFC 7677 section 3, octet for octet. */
    @Test void scramFollowsTheExampleOfTheRfc() {
        var scram = scram();
        assertThat(said(scram, "n,,n=user,r=" + CLIENT_NONCE)).isEqualTo("challenge r=" + CLIENT_NONCE + SERVER_NONCE
            + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
        assertThat(said(scram, "c=biws,r=" + CLIENT_NONCE + SERVER_NONCE
            + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="))
            .isEqualTo("challenge v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        assertThat(said(scram, "")).isEqualTo("success ann@example.org");
    }

    @Test void scramRefusesAnotherProof() {
        var scram = scram();
        said(scram, "n,,n=user,r=" + CLIENT_NONCE);
        assertThat(said(scram, "c=biws,r=" + CLIENT_NONCE + SERVER_NONCE
            + ",p=eHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")).startsWith("535 5.7.8");
        assertThat(said(scram, "")).as("it is over").startsWith("501");
    }

    @Test void scramTakesTheEmptyProofForNone() {
        var scram = scram();
        said(scram, "n,,n=user,r=" + CLIENT_NONCE);
        assertThat(said(scram, "c=biws,r=" + CLIENT_NONCE + SERVER_NONCE + ",p=AA==")).startsWith("535 5.7.8");
    }

    @Test void scramRefusesAForeignNonceAndAForeignBinding() {
        var nonce = scram();
        said(nonce, "n,,n=user,r=" + CLIENT_NONCE);
        assertThat(said(nonce, "c=biws,r=" + CLIENT_NONCE + "x,p=dHzb")).startsWith("535 5.7.8");
        var binding = scram();
        said(binding, "y,,n=user,r=" + CLIENT_NONCE);
        assertThat(said(binding, "c=biws,r=" + CLIENT_NONCE + SERVER_NONCE + ",p=dHzb")).startsWith("535 5.7.8");
    }

    @Test void scramUnderstandsEscapedNamesAndAnEqualAuthorizationIdentity() {
        assertThat(said(scram(), "n,a=us=2Cer,n=us=2Cer,r=abc")).startsWith("challenge r=abc");
        assertThat(said(scram(), "n,a=other,n=user,r=abc")).startsWith("535");
        assertThat(said(scram(), "y,,n=user,r=abc")).startsWith("challenge");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "n", "n,,", "n,,n=user", "n,,r=abc", "n,,n=,r=abc", "n,,n=us=er,r=abc",
        "x,,n=user,r=abc", "p=tls-unique,,n=user,r=abc", "n,,m=ext,n=user,r=abc", "n,,n=user,r=a b", "n,,n=user,r=",
        "n,,n=us=3der,r=abc"})
    void scramRefusesWhatIsNoFirstMessage(String text) {
        assertThat(said(scram(), text)).startsWith("501 5.5.2");
    }

    @Test void plainTakesTheUserAndThePassword() {
        assertThat(said(plain(), "\0ann\0pencil")).isEqualTo("success ann@example.org");
        assertThat(said(plain(), "ann\0ann\0pencil")).isEqualTo("success ann@example.org");
        assertThat(said(plain(), "bob\0ann\0pencil")).startsWith("535 5.7.8");
        assertThat(said(plain(), "\0ann\0wrong")).startsWith("535 5.7.8");
        assertThat(said(plain(), "\0ann")).startsWith("501 5.5.2");
        assertThat(said(plain(), "\0ann\0")).startsWith("501 5.5.2");
        assertThat(said(plain(), "\0ann\0pencil\0")).startsWith("501 5.5.2");
        assertThat(say(plain().step(new byte[] {0, 'a', 0, (byte) 0xff}))).startsWith("501 5.5.2");
    }

    @Test void loginAsksForBoth() {
        var login = new LoginMechanism(user);
        assertThat(said(login, "")).isEqualTo("challenge Username:");
        assertThat(said(login, "ann")).isEqualTo("challenge Password:");
        assertThat(said(login, "pencil")).isEqualTo("success ann@example.org");
        var initial = new LoginMechanism(user);
        assertThat(said(initial, "ann")).isEqualTo("challenge Password:");
        assertThat(said(initial, "wrong")).startsWith("535 5.7.8");
        var empty = new LoginMechanism(user);
        said(empty, "");
        assertThat(said(empty, "")).startsWith("501 5.5.2");
    }

    @Test void whatCannotBeCheckedIsTemporary() {
        user.breakDown("database down");
        assertThat(said(plain(), "\0ann\0pencil")).startsWith("454 4.7.0");
        assertThat(said(scram(), "n,,n=user,r=abc")).startsWith("454 4.7.0");
    }

    @Test void namesAreFoundInAnyCaseAndNoncesDiffer() {
        var mechanisms = Mechanisms.of(user, new Random(1));
        assertThat(mechanisms.names()).containsExactly("SCRAM-SHA-256", "PLAIN", "LOGIN");
        assertThat(mechanisms.begin("plain")).isPresent();
        assertThat(mechanisms.begin("SCRAM-SHA-256-PLUS")).isEmpty();
        var first = said(mechanisms.begin("scram-sha-256").orElseThrow(), "n,,n=user,r=abc");
        var second = said(mechanisms.begin("scram-sha-256").orElseThrow(), "n,,n=user,r=abc");
        assertThat(first).isNotEqualTo(second);
        assertThat(Mechanisms.none().names()).isEmpty();
    }

    @Test void anyOctetsGetAnAnswer() {
        var random = new Random(5802);
        for (var round = 0; round < 5000; round++) {
            var mechanism = Mechanisms.of(user, random).begin(
                Mechanisms.of(user, random).names().get(round % 3)).orElseThrow();
            for (var step = 0; step < 4; step++) {
                var octets = new byte[random.nextInt(30)];
                random.nextBytes(octets);
                assertThat(say(mechanism.step(octets))).doesNotStartWith("success");
            }
        }
    }

    private Mechanism scram() {
        return new ScramMechanism(user, () -> SERVER_NONCE);
    }

    private Mechanism plain() {
        return new PlainMechanism(user);
    }

    private static String said(Mechanism mechanism, String response) {
        return say(mechanism.step(response.getBytes(StandardCharsets.UTF_8)));
    }

    private static String say(Step step) {
        return switch (step) {
            case Step.Challenge(var octets) -> "challenge " + new String(octets, StandardCharsets.UTF_8);
            case Step.Success(var name) -> "success " + name;
            case Step.Failure(var reply, _) -> reply.toString();
        };
    }
}
