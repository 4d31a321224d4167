package org.posthorn.protocols.net;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.posthorn.protocols.wire.LineRuns;

/**
 * Octets from a socket, buffered. Unlike {@link java.io.BufferedInputStream} it takes no lock for each octet, and it
 * begins small: most connections are idle most of the time.
 */
final class SocketInput extends InputStream implements LineRuns {

    private static final int SMALLEST = 1024;
    private static final int LARGEST = 16 * 1024;

    /** The blocking read below. */
    interface Source {
        int read(byte[] octets, int offset, int length) throws IOException;

        int available() throws IOException;
    }

    private final Source source;
    private byte[] buffer = new byte[SMALLEST];
    private int position;
    private int limit;

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
        var at = position;
        while (at < end && buffer[at] != '\r' && buffer[at] != '\n') {
            at++;
        }
        var count = at - position;
        System.arraycopy(buffer, position, octets, offset, count);
        position = at;
        return count;
    }

    /** What can be read without waiting; where nothing is buffered, what the socket says. */
    @Override public int available() throws IOException {
        return position < limit ? limit - position : source.available();
    }

    /** Takes what was buffered but not read. */
    InputStream rest() {
        var rest = new ByteArrayInputStream(Arrays.copyOfRange(buffer, position, limit));
        position = limit;
        return rest;
    }

    private boolean fill() throws IOException {
        if (limit == buffer.length && buffer.length < LARGEST) {
            buffer = new byte[buffer.length * 2];
        }
        position = 0;
        limit = 0;
        var count = source.read(buffer, 0, buffer.length);
        if (count < 0) {
            return false;
        }
        limit = count;
        return true;
    }
}
