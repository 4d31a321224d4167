package org.posthorn.protocols.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Reads the octets of one BDAT chunk: exactly as many as were announced (RFC 3030 section 2). */
public final class ChunkReader extends InputStream {

    private final InputStream in;
    private long left;

    /**
     * Begins at the first octet of the chunk.
     *
     * @param octets how many were announced
     */
    public ChunkReader(InputStream in, long octets) {
        this.in = in;
        this.left = octets;
    }

    @Override public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /**
     * Reads what is there, but nothing that follows the chunk.
     *
     * @throws EOFException when the stream ends before the chunk does
     */
    @Override public int read(byte[] octets, int offset, int length) throws IOException {
        if (left == 0) {
            return -1;
        }
        var count = in.read(octets, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw new EOFException("the connection ended inside a chunk");
        }
        left -= count;
        return count;
    }
}
