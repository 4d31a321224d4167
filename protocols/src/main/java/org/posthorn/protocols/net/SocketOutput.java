package org.posthorn.protocols.net;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Octets to a socket, buffered until flushed or full. It begins small, as {@link SocketInput} does, and holds nothing
 * after {@link #idle}.
 */
final class SocketOutput extends OutputStream {

    private static final byte[] NOTHING = {};
    private static final int SMALLEST = 512;
    private static final int LARGEST = 16 * 1024;

    /** The blocking write below. */
    interface Drain {
        void write(byte[] octets, int offset, int length) throws IOException;
    }

    private final Drain drain;
    private byte[] buffer = NOTHING;
    private int length;

    SocketOutput(Drain drain) {
        this.drain = drain;
    }

    @Override public void write(int octet) throws IOException {
        makeRoom(1);
        buffer[length++] = (byte) octet;
    }

    @Override public void write(byte[] octets, int offset, int count) throws IOException {
        if (count >= LARGEST) {
            flush();
            drain.write(octets, offset, count);
            return;
        }
        makeRoom(count);
        System.arraycopy(octets, offset, buffer, length, count);
        length += count;
    }

    @Override public void flush() throws IOException {
        if (length > 0) {
            var count = length;
            // Emptied first: what failed to go out is not sent again by a later flush.
            length = 0;
            drain.write(buffer, 0, count);
        }
    }

    /** Nothing will be written soon: gives the buffer back if all of it has left. */
    void idle() {
        if (length == 0) {
            buffer = NOTHING;
        }
    }

    /** Octets of memory that it holds now. */
    int held() {
        return buffer.length;
    }

    private void makeRoom(int count) throws IOException {
        if (buffer.length - length >= count) {
            return;
        }
        if (buffer.length < LARGEST) {
            var larger = new byte[Math.min(LARGEST, Math.max(Math.max(SMALLEST, buffer.length * 2),
                Integer.highestOneBit(count) * 2))];
            if (larger.length - length >= count) {
                System.arraycopy(buffer, 0, larger, 0, length);
                buffer = larger;
                return;
            }
            flush();
            buffer = larger;
        }
        if (buffer.length - length < count) {
            flush();
        }
    }
}
