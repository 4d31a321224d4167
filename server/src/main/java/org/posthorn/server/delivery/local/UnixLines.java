package org.posthorn.server.delivery.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.posthorn.protocols.wire.OctetSearch;

/**
 * Text with LF in the place of CRLF, block by block; a CR that stands alone stays. The lines are moved together within
 * the block that was read.
 */
final class UnixLines {

    private final byte[] block;
    private int length;
    private boolean afterCr;

    /**
     * For a text from its beginning.
     *
     * @param size octets that are read at once
     */
    UnixLines(int size) {
        this.block = new byte[size + 1];    // the first octet is for a CR that the block before ended with
    }

    /** Reads a block; false at the end. */
    boolean read(InputStream in) throws IOException {
        var count = in.readNBytes(block, 1, block.length - 1);
        if (count == 0) {
            return false;
        }
        var end = 1 + count;
        var start = 1;
        length = 0;
        if (afterCr && block[1] != '\n') {
            block[0] = '\r';
            start = 0;
        }
        afterCr = block[end - 1] == '\r';
        for (var at = OctetSearch.next(block, 1, end); at < end; at = OctetSearch.next(block, at + 1, end)) {
            if (block[at] == '\r' && (at + 1 == end || block[at + 1] == '\n')) {
                keep(start, at);
                start = ++at;
            }
        }
        keep(start, end);
        return true;
    }

    private void keep(int from, int to) {
        if (to > from) {
            System.arraycopy(block, from, block, length, to - from);
            length += to - from;
        }
    }

    /** What the block holds, until the next is read. */
    ByteBuffer text() {
        return ByteBuffer.wrap(block, 0, length);
    }

    /** After the last block: the CR that it ended with, which stands alone. */
    ByteBuffer rest() {
        return ByteBuffer.wrap(afterCr ? new byte[] {'\r'} : new byte[0]);
    }
}
