package org.posthorn.protocols.wire;

/**
 * An enhanced mail system status code, {@code class.subject.detail} (RFC 3463 section 2).
 *
 * @param kind 2 success, 4 persistent transient failure, 5 permanent failure
 * @param subject 0 to 999
 * @param detail 0 to 999
 */
public record EnhancedStatus(int kind, int subject, int detail) {

    /** No number; and digits behind it do not make it one. */
    private static final int NONE = -1_000_000;

    /** Checks the ranges that RFC 3463 section 2 gives. */
    public EnhancedStatus {
        if (kind != 2 && kind != 4 && kind != 5) {
            throw new IllegalArgumentException("status class must be 2, 4 or 5, not " + kind);
        }
        if (subject < 0 || subject > 999 || detail < 0 || detail > 999) {
            throw new IllegalArgumentException("subject and detail must be 0 to 999: " + subject + "." + detail);
        }
    }

    /**
     * Reads {@code 5.7.1}.
     *
     * @throws IllegalArgumentException when the text is not three numbers in range
     */
    public static EnhancedStatus parse(String text) {
        var first = text.indexOf('.');
        var second = text.indexOf('.', first + 1);
        return new EnhancedStatus(number(text, 0, first), number(text, first + 1, second),
            number(text, second + 1, text.length()));
    }

    private static int number(String text, int from, int end) {
        var number = 0;
        for (var i = from; i < end; i++) {
            var digit = text.charAt(i) - '0';
            number = digit < 0 || digit > 9 ? NONE : number * 10 + digit;
        }
        if (number < 0 || from >= end || end - from > 3) {
            throw new IllegalArgumentException("expected a status like 5.7.1, found '" + text + "'");
        }
        return number;
    }

    @Override public String toString() {
        return kind + "." + subject + "." + detail;
    }
}
