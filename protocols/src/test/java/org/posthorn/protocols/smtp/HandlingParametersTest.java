package org.posthorn.protocols.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.wire.Limits;
import org.posthorn.protocols.wire.Line;

/** What MAIL may ask of the queue: RFC 4865, RFC 2852, RFC 6710 and XVERP. */
class HandlingParametersTest {

    private static final Instant NOW = Instant.parse("2026-03-01T09:30:00Z");
    private static final Terms TERMS = new Terms(Duration.ofDays(1), Duration.ofSeconds(60), 4, () -> NOW);
    private static final SessionSettings SETTINGS = SessionSettings.smtp("mx.example.org").withTerms(TERMS);

    private static Command mail(String words, boolean authenticated) {
        var parser = new CommandParser(Extensions.of(SETTINGS, List.of("PLAIN"), true, authenticated), SETTINGS);
        return parser.parse(new Line.Text(("MAIL FROM:<ann@example.org> " + words).getBytes(StandardCharsets.UTF_8)),
            false);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " | ", textBlock = """
        HOLDFOR=3600                          | HOLD=1772361000000
        HOLDUNTIL=2026-03-01T10:30:00Z        | HOLD=1772361000000
        holduntil=2026-03-01T11:30:00.5+01:00 | HOLD=1772361000500
        HOLDUNTIL=2020-01-01T00:00:00Z        | HOLD=1772357400000
        BY=120;R                              | BY=1772357520000;R
        BY=+120;n                             | BY=1772357520000;N
        BY=-120;NT                            | BY=1772357280000;NT
        by=60;rt                              | BY=1772357460000;RT
        MT-PRIORITY=-9                        | MT-PRIORITY=-9
        HOLDFOR=3600 BY=3601;R                | HOLD=1772361000000 BY=1772361001000;R
        MT-PRIORITY=3 BY=0;N                  | BY=1772357400000;N MT-PRIORITY=3
        XVERP                                 | XVERP=+=
        XVERP=+=                              | XVERP=+=
        XVERP=-=                              | XVERP=-=
        """)
    void theyAreRead(String words, String expected) {
        assertThat(mail(words, true)).isInstanceOfSatisfying(Command.Mail.class, mail -> {
            assertThat(mail.parameters().handling().text()).isEqualTo(expected);
            assertThat(mail.lowered()).isFalse();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"HOLDFOR", "HOLDFOR=", "HOLDFOR=-1", "HOLDFOR=1s", "HOLDFOR=1234567890", "HOLDFOR=86401",
        "HOLDFOR=1 HOLDUNTIL=2026-03-01T10:30:00Z", "HOLDUNTIL=2026-03-01", "HOLDUNTIL=2026-03-02T09:30:01Z",
        "HOLDUNTIL=2026-03-01T10:30:00", "BY=120", "BY=120;X", "BY=;R", "BY=0;R", "BY=-1;R", "BY=1234567890;N",
        "BY=120;RTT", "MT-PRIORITY=", "MT-PRIORITY=10", "MT-PRIORITY=-0", "MT-PRIORITY=03", "MT-PRIORITY=high",
        "HOLDFOR=600 BY=600;R", "BY=300;N HOLDFOR=600",
        "XVERP=+", "XVERP=ab", "XVERP=+=+", "BY=1;N BY=1;N"})
    void whatIsMalformedOrTooMuchIs501(String words) {
        assertThat(mail(words, true)).isInstanceOfSatisfying(Command.Invalid.class, invalid ->
            assertThat(invalid.reply().code()).isEqualTo(501));
    }

    @Test void aTimeThatIsTooShortToGoBackIsRefused() {
        assertThat(mail("BY=59;R", true)).isInstanceOfSatisfying(Command.Invalid.class, invalid ->
            assertThat(invalid.reply()).hasToString("550 5.4.7 No delivery is sure in less than 60 seconds"));
        assertThat(mail("BY=59;N", true)).isInstanceOf(Command.Mail.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HOLDFOR=60", "HOLDUNTIL=2026-03-01T10:30:00Z", "MT-PRIORITY=0", "XVERP"})
    void whoDidNotLogInMayAskForATimeAlone(String words) {
        assertThat(mail(words, false)).isInstanceOfSatisfying(Command.Invalid.class, invalid ->
            assertThat(invalid.reply().code()).isEqualTo(555));
        assertThat(mail("BY=60;N", false)).isInstanceOf(Command.Mail.class);
    }

    @Test void aPriorityAboveTheHighestIsLowered() {
        assertThat(mail("MT-PRIORITY=5", true)).isInstanceOfSatisfying(Command.Mail.class, mail -> {
            assertThat(mail.parameters().handling().priority()).isEqualTo(4);
            assertThat(mail.lowered()).isTrue();
        });
    }

    private static List<String> ehlo(SessionSettings settings, boolean authenticated) {
        return Extensions.of(settings, List.of("PLAIN"), true, authenticated)
            .greeting("mx.example.org", Limits.DEFAULT, settings.terms()).lines();
    }

    @Test void ehloSaysTheLimits() {
        assertThat(ehlo(SETTINGS, true)).contains("FUTURERELEASE 86400 2026-03-02T09:30:00Z", "DELIVERBY 60",
            "MT-PRIORITY", "XVERP");
        assertThat(ehlo(SETTINGS, false)).contains("DELIVERBY 60").noneMatch(line ->
            line.startsWith("FUTURE") || line.startsWith("MT-") || line.startsWith("XVERP"));
        var none = SETTINGS.withTerms(new Terms(Duration.ZERO, Duration.ZERO, -1, () -> NOW));
        assertThat(ehlo(none, true)).contains("DELIVERBY", "XVERP").noneMatch(line ->
            line.startsWith("FUTURE") || line.startsWith("MT-"));
    }
}
