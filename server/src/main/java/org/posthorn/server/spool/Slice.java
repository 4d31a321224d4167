package org.posthorn.server.spool;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Some octets of a body that lies in the store. A message's content is a list of slices; its text, the <i>location</i>,
 * stands in the message's row.
 *
 * @param body where the whole body lies
 * @param from octets of the body to leave out at its front
 * @param length octets of this slice
 */
record Slice(Body body, long from, long length) {

    private static final int RADIX = 36;
    private static final int FIELDS = 6;

    /** A slice lies within its body. */
    Slice {
        if (from < 0 || length < 0 || from > body.length() || length > body.length() - from) {
            throw new IllegalArgumentException("octets " + from + "+" + length + " are not within " + body);
        }
    }

    /** All of a body. */
    static Slice all(Body body) {
        return new Slice(body, 0, body.length());
    }

    /** What remains after leaving out octets at the front. */
    Slice without(long octets) {
        return new Slice(body, from + octets, length - octets);
    }

    /** The location of the slices, {@code s1.0.9.zik0zj.0.9,f3...}; empty for none. */
    static String location(List<Slice> slices) {
        return slices.stream().map(Slice::text).collect(Collectors.joining(","));
    }

    private String text() {
        return (body.file().kind() == Kind.SEGMENT ? "s" : "f") + text(body.file().number()) + "."
            + text(body.offset()) + "." + text(body.length()) + "." + text(Integer.toUnsignedLong(body.crc())) + "."
            + text(from) + "." + text(length);
    }

    private static String text(long number) {
        return Long.toString(number, RADIX);
    }

    /**
     * Reads a location.
     *
     * @throws IllegalArgumentException when it is not one
     */
    static List<Slice> slices(String location) {
        var slices = new ArrayList<Slice>();
        if (!location.isEmpty()) {
            for (var text : location.split(",", -1)) {
                slices.add(slice(text));
            }
        }
        return List.copyOf(slices);
    }

    private static Slice slice(String text) {
        var fields = text.split("\\.", -1);
        if (fields.length != FIELDS || fields[0].isEmpty() || "sf".indexOf(fields[0].charAt(0)) < 0) {
            throw new IllegalArgumentException("not a place in the body store: '" + text + "'");
        }
        var kind = fields[0].charAt(0) == 's' ? Kind.SEGMENT : Kind.FILE;
        var body = new Body(new File(kind, number(fields[0].substring(1))), number(fields[1]), number(fields[2]),
            (int) number(fields[3]));
        return new Slice(body, number(fields[4]), number(fields[5]));
    }

    private static long number(String text) {
        return Long.parseLong(text, RADIX);
    }

    /** Whether a file holds many bodies or one. */
    enum Kind { SEGMENT, FILE }

    /**
     * A file of the store. Numbers are not used again while the server runs.
     *
     * @param number from 1, by kind
     */
    record File(Kind kind, long number) {

        // By hand, as below: keys of maps that each message asks.
        @Override public boolean equals(Object other) {
            return other instanceof File file && number == file.number && kind == file.kind;
        }

        @Override public int hashCode() {
            return 2 * Long.hashCode(number) + (kind == Kind.SEGMENT ? 0 : 1);
        }
    }

    /**
     * One body, as it was written at once.
     *
     * @param offset where its octets begin in the file
     * @param length octets
     * @param crc CRC-32C of all of them
     */
    record Body(File file, long offset, long length, int crc) {

        @Override public boolean equals(Object other) {
            return other instanceof Body body && offset == body.offset && length == body.length && crc == body.crc
                && file.equals(body.file);
        }

        @Override public int hashCode() {
            return 31 * Long.hashCode(offset) + file.hashCode();
        }
    }
}
