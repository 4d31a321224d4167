package org.posthorn.protocols.net;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.posthorn.protocols.wire.LineRuns;
import org.posthorn.protocols.wire.OctetSearch;

/**
 * Octets from a socket, buffered. Unlike {@link java.io.BufferedInputStream} it takes no lock for each octet, and it
 * begins small: most connections are idle most of the time. A read that fills the buffer makes the next one larger;
 * {@link #idle} makes it small again.
 */
final class SocketInput extends InputStream implements LineRuns {

    /** For a wait: enough for a command, or for some that came together. */
    static final int SMALLEST = 256;
    private static final int LARGER = 4 * 1024;
    private static final int MUCH = 8 * 1024;
    static final int LARGEST = 16 * 1024;

    /** The blocking read below. */
    interface Source {
        int read(byte[] octets, int offset, int length) throws IOException;

        int available() throws IOException;
    }

    private final Source source;
    private byte[] buffer = new byte[SMALLEST];
    private int position;
    private int limit;
    /** The last read took all that there was. */
    private boolean drained;

    SocketInput(Source source) {
        this.source = source;
    }

    @Override public int read() throws IOException {
        if (position == limit && !fill()) {
            return -1;
        }
        return buffer[position++] & 0xff;
    }

    @Override public int read(byte[] octets, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (position == limit) {
            if (length >= LARGEST) {
                return source.read(octets, offset, length);
            }
            if (!fill()) {
                return -1;
            }
        }
        var count = Math.min(length, limit - position);
        System.arraycopy(buffer, position, octets, offset, count);
        position += count;
        return count;
    }

    @Override public int readRun(byte[] octets, int offset, int length) {
        var end = Math.min(limit, position + length);
        var count = OctetSearch.next(buffer, position, end) - position;
        System.arraycopy(buffer, position, octets, offset, count);
        position += count;
        return count;
    }

    @Override public boolean mayWait() throws IOException {
        return position == limit && (drained || source.available() == 0);
    }

    /** What can be read without waiting; where nothing is buffered, what the socket says. */
    @Override public int available() throws IOException {
        return position < limit ? limit - position : source.available();
    }

    /** Much is expected now: the next read may be a large one at once. */
    void busy() {
        if (position == limit && buffer.length < MUCH) {
            buffer = new byte[MUCH];
            position = 0;
            limit = 0;
        }
    }

    /** Nothing is expected soon: gives back what is larger than a wait needs, unless octets are in it. */
    void idle() {
        if (position == limit && buffer.length > SMALLEST) {
            buffer = new byte[SMALLEST];
            position = 0;
            limit = 0;
        }
    }

    /** Octets of memory that it holds now. */
    int held() {
        return buffer.length;
    }

    /** Takes what was buffered but not read. */
    InputStream rest() {
        var rest = new ByteArrayInputStream(Arrays.copyOfRange(buffer, position, limit));
        position = limit;
        return rest;
    }

    private boolean fill() throws IOException {
        if (limit == buffer.length && buffer.length < LARGEST) {
            buffer = new byte[buffer.length < LARGER ? LARGER : LARGEST];
        }
        position = 0;
        limit = 0;
        drained = false;
        var count = source.read(buffer, 0, buffer.length);
        if (count < 0) {
            return false;
        }
        limit = count;
        drained = count < buffer.length;
        return true;
    }
}
