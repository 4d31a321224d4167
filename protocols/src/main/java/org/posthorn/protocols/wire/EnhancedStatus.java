package org.posthorn.protocols.wire;

/**
 * An enhanced mail system status code, {@code class.subject.detail} (RFC 3463 section 2).
 *
 * @param kind 2 success, 4 persistent transient failure, 5 permanent failure
 * @param subject 0 to 999
 * @param detail 0 to 999
 */
public record EnhancedStatus(int kind, int subject, int detail) {

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
        var parts = text.split("\\.", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("expected a status like 5.7.1, found '" + text + "'");
        }
        return new EnhancedStatus(number(parts[0], text), number(parts[1], text), number(parts[2], text));
    }

    private static int number(String digits, String whole) {
        if (digits.isEmpty() || digits.length() > 3 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("expected a status like 5.7.1, found '" + whole + "'");
        }
        return Integer.parseInt(digits);
    }

    @Override public String toString() {
        return kind + "." + subject + "." + detail;
    }
}
