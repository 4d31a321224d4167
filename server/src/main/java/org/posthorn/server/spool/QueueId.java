package org.posthorn.server.spool;

/**
 * The id of one message, in our 250, in Received, in every log line and in its bounce. It never repeats, across
 * restarts and clock steps.
 *
 * <p>Its text is lower case base 32 (digits and letters without i, l, o, u).
 *
 * @param number positive; later messages have larger numbers
 */
public record QueueId(long number) implements Comparable<QueueId> {

    private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";

    /** Ids count from 1. */
    public QueueId {
        if (number <= 0) {
            throw new IllegalArgumentException("a queue id is positive, not " + number);
        }
    }

    /**
     * Reads an id as people type it.
     *
     * @throws IllegalArgumentException when it is not one
     */
    public static QueueId parse(String text) {
        var number = 0L;
        if (text.isEmpty() || text.length() > 12) {
            throw new IllegalArgumentException("not a queue id: '" + text + "'");
        }
        for (var i = 0; i < text.length(); i++) {
            var digit = DIGITS.indexOf(Character.toLowerCase(text.charAt(i)));
            if (digit < 0) {
                throw new IllegalArgumentException("not a queue id: '" + text + "'");
            }
            number = number << 5 | digit;
        }
        return new QueueId(number);
    }

    @Override public int compareTo(QueueId other) {
        return Long.compare(number, other.number);
    }

    @Override public String toString() {
        var text = new StringBuilder();
        for (var rest = number; rest > 0; rest >>>= 5) {
            text.append(DIGITS.charAt((int) (rest & 31)));
        }
        return text.reverse().toString();
    }
}
