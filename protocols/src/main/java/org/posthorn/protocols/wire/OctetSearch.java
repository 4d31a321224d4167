package org.posthorn.protocols.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds what interrupts plain text: CR, LF and NUL. It looks at eight octets at a time, since most of a message is text
 * without any.
 */
public final class OctetSearch {

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long TOPS = ONES << 7;
    private static final long ALL_CR = ONES * '\r';
    private static final long ALL_LF = ONES * '\n';

    private OctetSearch() {
    }

    /**
     * Where the next CR, LF or NUL stands.
     *
     * @param end exclusive
     * @return {@code end} when there is none before it
     */
    public static int next(byte[] octets, int from, int end) {
        var at = from;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            var eight = (long) EIGHT.get(octets, at);
            var found = zeros(eight) | zeros(eight ^ ALL_CR) | zeros(eight ^ ALL_LF);
            if (found != 0) {
                return at + (Long.numberOfTrailingZeros(found) >> 3);
            }
        }
        while (at < end && octets[at] != '\r' && octets[at] != '\n' && octets[at] != 0) {
            at++;
        }
        return at;
    }

    /** The top bit of each octet that is zero; behind the first of them also of others. */
    private static long zeros(long eight) {
        return (eight - ONES) & ~eight & TOPS;
    }
}
