package org.posthorn.server.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.CoreConstants;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Lines as {@code %d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX,UTC} %-5level %msg%n%ex} writes them: {@code 2026-01-31T12:00:00.123Z
 * INFO  event=ready}. A pattern takes a dozen objects and a date's whole way through the calendar for each line, 15,000
 * cycles; this keeps the second that it wrote last.
 */
public final class EventLines extends EncoderBase<ILoggingEvent> {

    private static final DateTimeFormatter SECOND =
        DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final byte[] NOTHING = {};
    private static final int BEFORE = 31;   // characters before the message

    private volatile Second last = Second.of(0);

    /** For Logback. */
    public EventLines() {
    }

    /** A second since the epoch, and its text. */
    private record Second(long number, String text) {

        static Second of(long number) {
            return new Second(number, SECOND.format(Instant.ofEpochSecond(number)));
        }
    }

    @Override public byte[] headerBytes() {
        return NOTHING;
    }

    @Override public byte[] footerBytes() {
        return NOTHING;
    }

    @Override public byte[] encode(ILoggingEvent event) {
        var message = String.valueOf(event.getFormattedMessage());
        var line = new StringBuilder(message.length() + BEFORE + 1);
        time(line, event.getTimeStamp());
        var level = event.getLevel().toString();
        line.append(' ').append(level).append(level.length() < 5 ? "  " : " ").append(message)
            .append(CoreConstants.LINE_SEPARATOR);
        if (event.getThrowableProxy() != null) {
            line.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void time(StringBuilder line, long millis) {
        var number = Math.floorDiv(millis, 1000L);
        var second = last;
        if (second.number != number) {
            second = Second.of(number);
            last = second;
        }
        var rest = (int) (millis - number * 1000L);
        line.append(second.text).append((char) ('0' + rest / 100)).append((char) ('0' + rest / 10 % 10))
            .append((char) ('0' + rest % 10)).append('Z');
    }
}
