package org.posthorn.server.spool;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Fields as octets, for {@link PackedInput}: seven bits of a number in an octet, texts in UTF-8. */
final class PackedOutput {

    private static final int FIRST = 512;
    private static final int MOST_OF_A_NUMBER = 10;
    private static final int SEVEN = 7;
    private static final int MORE = 0x80;

    private byte[] octets = new byte[FIRST];
    private int size;

    PackedOutput number(long number) {
        grow(MOST_OF_A_NUMBER);
        var rest = number << 1 ^ number >> Long.SIZE - 1;      // small ones of both signs are short
        while ((rest & -MORE) != 0) {
            octets[size++] = (byte) (rest | MORE);
            rest >>>= SEVEN;
        }
        octets[size++] = (byte) rest;
        return this;
    }

    PackedOutput flag(boolean flag) {
        return number(flag ? 1 : 0);
    }

    PackedOutput text(String text) {
        var encoded = text.getBytes(StandardCharsets.UTF_8);
        number(encoded.length);
        grow(encoded.length);
        System.arraycopy(encoded, 0, octets, size, encoded.length);
        size += encoded.length;
        return this;
    }

    private void grow(int more) {
        if (octets.length - size < more) {
            octets = Arrays.copyOf(octets, Math.max(size + more, octets.length * 2));
        }
    }

    /** Puts all octets into an array. */
    void copy(byte[] to, int at) {
        System.arraycopy(octets, 0, to, at, size);
    }

    int size() {
        return size;
    }

    /** Some of the octets; fewer at the end. */
    byte[] part(int from, int most) {
        return Arrays.copyOfRange(octets, from, Math.min(size, from + most));
    }
}
