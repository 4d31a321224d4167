package org.posthorn.protocols.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Greeting, EHLO and STARTTLS. */
class OpeningTest {

    private static final String PLAIN = """
        S: 220 far.example ESMTP
        C: EHLO me.example
        S: 250 far.example
        """;

    private DialogueWire wire;
    private SmtpClient client;
    private TlsMode tls = TlsMode.OPPORTUNISTIC;

    private Optional<Trouble> open(String script) {
        wire = new DialogueWire(script);
        client = new SmtpClient(wire, new ClientSettings("me.example", tls, ClientDeadlines.RFC_5321));
        return client.open();
    }

    @Test void heloFollowsWhereEhloIsUnknown() {
        assertThat(open("""
            S: 220 far.example
            C: EHLO me.example
            S: 500 What?
            C: HELO me.example
            S: 250 far.example
            """)).isEmpty();
        wire.assertDone();
    }

    @Test void multiLineRepliesAreReadWhole() {
        assertThat(open("""
            S: 220-far.example
            S: 220-is glad
            S: 220
            C: EHLO me.example
            S: 250-far.example
            S: 250 HELP
            """)).isEmpty();
        wire.assertDone();
    }

    @ParameterizedTest
    @ValueSource(strings = {"S: 421 4.3.2 Closing", "S: 554 No SMTP service here", "S: Welcome", "S: 2", "S: 999 Hm",
        "S: 2500 Hm", "S! close", "S! silence"})
    void aBadGreetingIsTrouble(String greeting) {
        assertThat(open(greeting)).hasValueSatisfying(
            trouble -> assertThat(trouble.stage()).isEqualTo(Trouble.Stage.GREETING));
    }

    private static final String STARTTLS = """
        S: 220 far.example
        C: EHLO me.example
        S: 250-far.example
        S: 250-SIZE 10
        S: 250 STARTTLS
        """;

    @Test void tlsIsTakenWhenOfferedAndTheOffersAreAskedAnew() {
        assertThat(open(STARTTLS + """
            C: STARTTLS
            S: 220 Go
            T: ok
            C: EHLO me.example
            S: 250 far.example
            """)).isEmpty();
        assertThat(client.tls()).isPresent();
        wire.assertDone();
    }

    /** What was said in the clear may have been anybody's word. */
    @Test void theNameIsForgottenWithTheOffersWhereOnlyHeloIsKnownUnderTls() {
        assertThat(open(STARTTLS + """
            C: STARTTLS
            S: 220 Go
            T: ok
            C: EHLO me.example
            S: 500 What?
            C: HELO me.example
            S: 250 far.example
            """)).isEmpty();
        assertThat(client.offers("SIZE")).isFalse();
        assertThat(client.serverName()).isEmpty();
        wire.assertDone();
    }

    @Test void aFailedHandshakeIsToldAsSuch() {
        assertThat(open(STARTTLS + """
            C: STARTTLS
            S: 220 Go
            T: fail
            """)).hasValueSatisfying(trouble -> {
                assertThat(trouble.stage()).isEqualTo(Trouble.Stage.STARTTLS);
                assertThat(trouble.why()).contains("handshake_failure");
            });
        assertThat(wire.isClosed()).isTrue();
    }

    @Test void aRefusedStarttlsIsPassedOverUnlessTlsIsRequired() {
        assertThat(open(STARTTLS + "C: STARTTLS\nS: 454 4.7.0 Not now")).isEmpty();
        tls = TlsMode.REQUIRED;
        assertThat(open(STARTTLS + "C: STARTTLS\nS: 454 4.7.0 Not now")).isPresent();
        assertThat(open(PLAIN)).hasValueSatisfying(trouble -> assertThat(trouble.isPermanent()).isFalse());
    }

    @Test void tlsIsLeftAloneWhenItIsNotWanted() {
        tls = TlsMode.NEVER;
        assertThat(open(STARTTLS)).isEmpty();
        wire.assertDone();
    }
}
