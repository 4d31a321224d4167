package org.posthorn.protocols.client;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.posthorn.protocols.wire.Content;

/**
 * Where a message has octets above 127.
 *
 * @param headerIsEightBit before the first empty line
 * @param isEightBit anywhere
 */
record ContentScan(boolean headerIsEightBit, boolean isEightBit) {

    static final ContentScan PLAIN = new ContentScan(false, false);

    private static final int BLOCK = 16_384;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    static ContentScan of(Content content) throws IOException {
        var block = new byte[Math.clamp(content.octets(), 1, BLOCK)];
        var inHeader = true;
        var lineIsEmpty = true;
        var header = false;
        var anywhere = false;
        try (var in = content.open()) {
            for (var length = in.read(block); length >= 0 && (inHeader || !anywhere); length = in.read(block)) {
                for (var i = 0; inHeader && i < length; i++) {
                    var octet = block[i];
                    header |= octet < 0;
                    if (octet == '\n') {
                        inHeader = !lineIsEmpty;
                        lineIsEmpty = true;
                    } else if (octet != '\r') {
                        lineIsEmpty = false;
                    }
                }
                anywhere |= header || isEightBit(block, length);
            }
        }
        return new ContentScan(header, anywhere);
    }

    /** Eight octets at a time. */
    private static boolean isEightBit(byte[] block, int length) {
        var i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            if (((long) LONGS.get(block, i) & HIGH_BITS) != 0) {
                return true;
            }
        }
        for (; i < length; i++) {
            if (block[i] < 0) {
                return true;
            }
        }
        return false;
    }
}
