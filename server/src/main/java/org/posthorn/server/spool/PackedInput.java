package org.posthorn.server.spool;

import java.nio.charset.StandardCharsets;

/** The fields of a {@link PackedOutput}, in the same order. */
final class PackedInput {

    private static final int SEVEN = 7;
    private static final int VALUE = 0x7f;

    private final byte[] octets;
    private int next;

    PackedInput(byte[] octets) {
        this.octets = octets;
    }

    boolean isAtEnd() {
        return next == octets.length;
    }

    /** @throws IllegalArgumentException when no number is here */
    long number() {
        var number = 0L;
        var shift = 0;
        byte octet;
        do {
            if (next == octets.length || shift >= Long.SIZE) {
                throw new IllegalArgumentException("no number ends at octet " + next + " of " + octets.length);
            }
            octet = octets[next++];
            number |= (long) (octet & VALUE) << shift;
            shift += SEVEN;
        } while (octet < 0);
        return number >>> 1 ^ -(number & 1);
    }

    /** @throws IllegalArgumentException when no number that fits is here */
    int count() {
        var number = number();
        if (number != (int) number) {
            throw new IllegalArgumentException(number + " before octet " + next + " is too large");
        }
        return (int) number;
    }

    boolean flag() {
        return number() != 0;
    }

    /** @throws IllegalArgumentException when no text is here */
    String text() {
        var length = count();
        if (length < 0 || length > octets.length - next) {
            throw new IllegalArgumentException("no text of " + length + " octets is at octet " + next + " of "
                + octets.length);
        }
        var text = new String(octets, next, length, StandardCharsets.UTF_8);
        next += length;
        return text;
    }
}
