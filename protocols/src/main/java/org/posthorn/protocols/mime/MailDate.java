package org.posthorn.protocols.mime;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** Dates as header fields and reports have them (RFC 5322 section 3.3), in UTC. */
public final class MailDate {

    private static final List<String> DAYS = List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
    private static final List<String> MONTHS = List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
        "Oct", "Nov", "Dec");

    private MailDate() {
    }

    /** Such as {@code Sat, 7 Nov 2026 09:05:00 +0000}; by hand, since each message has one. */
    public static String of(Instant when) {
        var at = when.atOffset(ZoneOffset.UTC);
        var text = new StringBuilder(32).append(DAYS.get(at.getDayOfWeek().getValue() - 1)).append(", ")
            .append(at.getDayOfMonth()).append(' ').append(MONTHS.get(at.getMonthValue() - 1)).append(' ')
            .append(at.getYear());
        twoDigits(text.append(' '), at.getHour());
        twoDigits(text.append(':'), at.getMinute());
        twoDigits(text.append(':'), at.getSecond());
        return text.append(" +0000").toString();
    }

    private static void twoDigits(StringBuilder text, int number) {
        text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }
}
