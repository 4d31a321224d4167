package org.posthorn.protocols.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.client.Credentials.How;

/** Each test is a dialogue: S: the server, C: what the client must say, T: a handshake. */
class LoginTest {

    private static final String SECURED = """
        S: 220 far.example
        C: EHLO me.example
        S: 250-far.example
        S: 250 STARTTLS
        C: STARTTLS
        S: 220 Go
        T: ok
        C: EHLO me.example
        S: 250-far.example
        S: 250 AUTH %s
        """;

    private DialogueWire wire;
    private SmtpClient client;

    private Optional<Trouble> open(String script, TlsMode tls, Credentials credentials) {
        wire = new DialogueWire(script);
        client = new SmtpClient(wire, new ClientSettings("me.example", tls, ClientDeadlines.RFC_5321,
            EightBit.CONVERT, Optional.of(credentials)));
        return client.open();
    }

    private Optional<Trouble> secured(String offered, How how, String script) {
        return open(SECURED.formatted(offered) + script, TlsMode.REQUIRED,
            new Credentials("ann", "s\u00e9cret", how, false));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test void plainIsOneStep() {
        assertThat(secured("LOGIN PLAIN", How.ANY, "C: AUTH PLAIN " + base64("\0ann\0s\u00e9cret") + """

            S: 235 2.7.0 Welcome
            """)).isEmpty();
        wire.assertDone();
        assertThat(client.isUsable()).isTrue();
    }

    @Test void loginAsksForNameAndPassword() {
        for (var offered : new String[] {"LOGIN", "PLAIN LOGIN"}) {
            assertThat(secured(offered, How.LOGIN, "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: " + base64("ann")
                + "\nS: 334 UGFzc3dvcmQ6\nC: " + base64("s\u00e9cret") + "\nS: 235 Ok\n")).isEmpty();
            wire.assertDone();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"535 5.7.8 Authentication failed", "454 4.7.0 Temporary authentication failure"})
    void aRefusedLoginIsTroubleOfTheLogin(String said) {
        var trouble = secured("PLAIN", How.ANY, "C: AUTH PLAIN " + base64("\0ann\0s\u00e9cret") + "\nS: " + said
            + "\n");
        assertThat(trouble).hasValueSatisfying(refused -> {
            assertThat(refused.stage()).isEqualTo(Trouble.Stage.AUTH);
            assertThat(refused.why()).isEqualTo(said);
        });
        assertThat(client.isUsable()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"CRAM-MD5 GSSAPI,ANY", "PLAIN,LOGIN", "PLAIN,SCRAM_SHA_256"})
    void aMechanismThatIsNotOfferedIsNotTried(String offered, How how) {
        assertThat(secured(offered, how, "")).hasValueSatisfying(
            trouble -> assertThat(trouble.why()).contains("does not offer AUTH"));
        wire.assertDone();
    }

    @Test void withoutTlsNothingIsSaidUnlessThatIsAllowed() {
        var clear = """
            S: 220 far.example
            C: EHLO me.example
            S: 250-far.example
            S: 250 AUTH PLAIN
            """;
        assertThat(open(clear, TlsMode.OPPORTUNISTIC, new Credentials("ann", "secret"))).hasValueSatisfying(
            trouble -> assertThat(trouble.why()).contains("not sent in the clear"));
        wire.assertDone();
        assertThat(open(clear + "C: AUTH PLAIN " + base64("\0ann\0secret") + "\nS: 235 Ok\n", TlsMode.NEVER,
            new Credentials("ann", "secret", How.PLAIN, true))).isEmpty();
        wire.assertDone();
    }

    /** RFC 7677 section 3. */
    @Test void scramAnswersAsTheRfcsExampleDoes() {
        var proof = new ScramProof(new Credentials("user", "pencil"), "rOprNGfwEbeRWgbNEkqO");
        var expected = new ScramProof.Exchange("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        assertThat(proof.first()).isEqualTo("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        assertThat(proof.answer("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,"
            + "i=4096")).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "r=mine,s=QQ==,i=4096", "r=other1,s=QQ==,i=4096", "r=mine1,s=*,i=4096",
        "r=mine1,s=QQ==,i=0", "r=mine1,s=QQ==,i=99999999", "r=mine1,i=4096", "e=unknown-user"})
    void aServersHalfOfScramMustAnswerOurs(String said) {
        assertThat(new ScramProof(new Credentials("user", "pencil"), "mine").answer(said)).isEmpty();
    }
}
