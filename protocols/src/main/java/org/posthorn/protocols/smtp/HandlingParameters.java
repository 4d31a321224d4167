package org.posthorn.protocols.smtp;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Pattern;
import org.posthorn.protocols.wire.Reply;

/** The words of MAIL FROM that ask something of the queue. */
record HandlingParameters(Terms terms) {

    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");
    private static final Pattern BY = Pattern.compile("([+-]?[0-9]{1,9});([NR])(T?)", Pattern.CASE_INSENSITIVE);
    private static final Pattern PRIORITY = Pattern.compile("-?[1-9]|0");
    private static final Pattern DELIMITERS = Pattern.compile("[-=+]{2}");
    private static final String USUAL_DELIMITERS = "+=";

    /** What came of it. */
    sealed interface Result {
    }

    /**
     * It is good.
     *
     * @param lowered whether less was granted than asked for
     */
    record Asked(Handling handling, boolean lowered) implements Result {
    }

    /** 501 or 550. */
    record Fault(Reply reply) implements Result {
    }

    /** HOLDFOR, in seconds (RFC 4865 section 4). */
    Result holdFor(Handling so, String value) {
        return SECONDS.matcher(value).matches() ? hold(so, terms.clock().instant().plusSeconds(Long.parseLong(value)))
            : malformed("HOLDFOR", "=seconds");
    }

    /** HOLDUNTIL, a date and time of RFC 3339 (RFC 4865 section 4). */
    Result holdUntil(Handling so, String value) {
        try {
            return hold(so, OffsetDateTime.parse(value).toInstant());
        } catch (DateTimeException e) {
            return malformed("HOLDUNTIL", "=date and time such as 2026-03-01T09:30:00Z");
        }
    }

    private Result hold(Handling so, Instant until) {
        if (so.heldUntil().isPresent()) {
            return malformed("HOLDFOR", " or HOLDUNTIL, not both");
        }
        var now = terms.clock().instant();
        if (until.isAfter(now.plus(terms.longestHold()))) {
            return malformed("HOLDFOR", " of at most " + terms.longestHold().toSeconds() + " seconds");
        }
        return inTime(so.heldUntil(until.isAfter(now) ? until : now));
    }

    /** What is to be delivered before it may be can only fail, or be told of as late (RFC 4865 section 4). */
    private static Result inTime(Handling asked) {
        var late = asked.heldUntil().flatMap(until -> asked.by().filter(by -> !by.at().isAfter(until))).isPresent();
        return late ? malformed("BY", " of a time after that of HOLDFOR or HOLDUNTIL") : new Asked(asked, false);
    }

    /** BY=seconds;mode (RFC 2852 section 4). What is to go back when late needs time. */
    Result by(Handling so, String value) {
        var by = BY.matcher(value);
        if (!by.matches()) {
            return malformed("BY", "=seconds;N or seconds;R, and maybe T");
        }
        var seconds = Long.parseLong(by.group(1));
        var returned = by.group(2).equalsIgnoreCase("R");
        if (returned && seconds <= 0) {
            return malformed("BY", "=seconds above zero with R");
        }
        if (returned && seconds < terms.shortestTime().toSeconds()) {
            return new Fault(Reply.of(550, "5.4.7", "No delivery is sure in less than "
                + terms.shortestTime().toSeconds() + " seconds"));
        }
        return inTime(so.by(new Handling.By(terms.clock().instant().plusSeconds(seconds), returned,
            !by.group(3).isEmpty())));
    }

    /** MT-PRIORITY (RFC 6710 section 3). */
    Result priority(Handling so, String value) {
        if (!PRIORITY.matcher(value).matches()) {
            return malformed("MT-PRIORITY", "=-9 to 9");
        }
        var asked = Integer.parseInt(value);
        return new Asked(so.priority(Math.min(asked, terms.mostUrgent())), asked > terms.mostUrgent());
    }

    /** XVERP or XVERP=delimiters, as Postfix has it. */
    Result verp(Handling so, String value) {
        return value.isEmpty() ? new Asked(so.verp(USUAL_DELIMITERS), false)
            : DELIMITERS.matcher(value).matches() ? new Asked(so.verp(value), false)
            : malformed("XVERP", " or XVERP= and two of + - =");
    }

    private static Result malformed(String keyword, String expected) {
        return new Fault(EsmtpParameters.malformed(keyword, expected));
    }
}
