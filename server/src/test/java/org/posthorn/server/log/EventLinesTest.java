package org.posthorn.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventLinesTest {

    private final LoggerContext context = new LoggerContext();
    private final EventLines lines = new EventLines();

    /** By the pattern that the log had before, and that an operator may put in its place. */
    private String byPattern(LoggingEvent event) {
        var pattern = new PatternLayoutEncoder();
        pattern.setContext(context);
        pattern.setCharset(StandardCharsets.UTF_8);
        pattern.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX,UTC} %-5level %msg%n%ex");
        pattern.start();
        return new String(pattern.encode(event), StandardCharsets.UTF_8);
    }

    private LoggingEvent event(String time, String level, String message, Throwable cause) {
        var event = new LoggingEvent("test", context.getLogger("test"), Level.valueOf(level), message, cause, null);
        event.setInstant(Instant.parse(time));
        return event;
    }

    private void assertAsByPattern(LoggingEvent event) {
        assertThat(new String(lines.encode(event), StandardCharsets.UTF_8)).isEqualTo(byPattern(event));
    }

    @ParameterizedTest @CsvSource({
        "2026-01-31T12:00:00.123Z, INFO, event=ready",
        "2026-01-31T12:00:00.007Z, WARN, mail=1 event=späte-日本語",
        "2026-12-31T23:59:59.999Z, ERROR, x",
        "2027-01-01T00:00:00.000Z, DEBUG, {}",
        "1969-12-31T23:59:59.050Z, TRACE, a {} b",
        "2024-02-29T00:00:00.100Z, INFO, ''"})
    void linesAreThoseOfThePattern(String time, String level, String message) {
        assertAsByPattern(event(time, level, message, null));
    }

    @ParameterizedTest @CsvSource({"first", "second"})
    void whatBrokeStandsBelow(String message) {
        var cause = new IllegalStateException(message, new IOException("no room"));
        cause.addSuppressed(new IllegalArgumentException("and this"));
        assertAsByPattern(event("2026-01-31T12:00:00.123Z", "ERROR", "event=failed", cause));
    }

    @ParameterizedTest @CsvSource({"2026-01-31T12:00:01.000Z, 2026-01-31T12:00:00.999Z, 2026-01-31T12:00:01.001Z"})
    void theSecondIsTheLinesOwn(String one, String two, String three) {
        for (var time : new String[] {one, two, three}) {
            assertAsByPattern(event(time, "INFO", "x", null));
        }
    }
}
