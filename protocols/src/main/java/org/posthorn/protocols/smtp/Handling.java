package org.posthorn.protocols.smtp;

import java.time.Instant;
import java.util.Optional;

/**
 * What MAIL FROM asked of the queue.
 *
 * @param heldUntil not to be delivered before (FUTURERELEASE, RFC 4865); empty for at once
 * @param by when it is to be delivered at the latest (DELIVERBY, RFC 2852)
 * @param priority MT-PRIORITY (RFC 6710), from -9 to 9; 0 is that of all other mail
 * @param verp the two delimiters of a return path of its own for each recipient (XVERP); empty where none was asked for
 * @param requireTls only over verified connections (REQUIRETLS, RFC 8689)
 */
public record Handling(Optional<Instant> heldUntil, Optional<By> by, int priority, String verp, boolean requireTls) {

    /** As all mail is handled. */
    public static final Handling NONE = new Handling(Optional.empty(), Optional.empty(), 0, "", false);
    /** The highest priority; the lowest is as far below zero. */
    public static final int MOST_URGENT = 9;

    private static final String HELD = "HOLD=";
    private static final String BY = "BY=";
    private static final String PRIORITY = "MT-PRIORITY=";
    private static final String VERP = "XVERP=";
    private static final String REQUIRETLS = "REQUIRETLS";

    /** Checks the bounds. */
    public Handling {
        if (Math.abs(priority) > MOST_URGENT || !verp.isEmpty() && verp.length() != 2) {
            throw new IllegalArgumentException("priority " + priority + ", delimiters '" + verp + "'");
        }
    }

    /**
     * When it is to be delivered at the latest.
     *
     * @param at until then
     * @param returned by-mode R: what is not delivered then goes back; else its sender is told, and it is tried on
     * @param traced by-trace: each hop reports that it passed it on
     */
    public record By(Instant at, boolean returned, boolean traced) {
    }

    /** The same, but not before then. */
    public Handling heldUntil(Instant until) {
        return new Handling(Optional.of(until), by, priority, verp, requireTls);
    }

    /** The same, delivered by then. */
    public Handling by(By deadline) {
        return new Handling(heldUntil, Optional.of(deadline), priority, verp, requireTls);
    }

    /** The same, without by-trace. */
    public Handling untraced() {
        return by.filter(By::traced).map(it -> by(new By(it.at(), it.returned(), false))).orElse(this);
    }

    /** The same at another priority. */
    public Handling priority(int other) {
        return new Handling(heldUntil, by, other, verp, requireTls);
    }

    /** The same with a return path of its own for each recipient. */
    public Handling verp(String delimiters) {
        return new Handling(heldUntil, by, priority, delimiters, requireTls);
    }

    /** The same, only over verified connections. */
    public Handling requireTls(boolean so) {
        return new Handling(heldUntil, by, priority, verp, so);
    }

    /** When its way begins: when it arrived, or when it is released. */
    public Instant start(Instant received) {
        return heldUntil.filter(received::isBefore).orElse(received);
    }

    /** One line, for {@link #read}; empty for {@link #NONE}. */
    public String text() {
        if (equals(NONE)) {
            return "";
        }
        var text = new StringBuilder();
        heldUntil.ifPresent(at -> text.append(HELD).append(at.toEpochMilli()).append(' '));
        by.ifPresent(deadline -> text.append(BY).append(deadline.at().toEpochMilli()).append(';')
            .append(deadline.returned() ? 'R' : 'N').append(deadline.traced() ? "T" : "").append(' '));
        if (priority != 0) {
            text.append(PRIORITY).append(priority).append(' ');
        }
        if (requireTls) {
            text.append(REQUIRETLS).append(' ');
        }
        return (verp.isEmpty() ? text : text.append(VERP).append(verp)).toString().strip();
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws IllegalArgumentException when it is not that
     */
    public static Handling read(String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        var read = NONE;
        for (var word : text.split(" ", -1)) {
            if (word.startsWith(HELD)) {
                read = read.heldUntil(Instant.ofEpochMilli(Long.parseLong(word.substring(HELD.length()))));
            } else if (word.startsWith(BY)) {
                var modes = word.indexOf(';');
                read = read.by(new By(Instant.ofEpochMilli(Long.parseLong(word, BY.length(), modes, 10)),
                    word.startsWith("R", modes + 1), word.endsWith("T")));
            } else if (word.startsWith(PRIORITY)) {
                read = read.priority(Integer.parseInt(word.substring(PRIORITY.length())));
            } else if (word.equals(REQUIRETLS)) {
                read = read.requireTls(true);
            } else if (word.startsWith(VERP)) {
                read = read.verp(word.substring(VERP.length()));
            } else {
                throw new IllegalArgumentException("'" + word + "' says nothing of how mail is handled");
            }
        }
        return read;
    }
}
