package org.posthorn.server.spool;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * Reads one slice and checks the body it is of: the octets before the slice are read too, and the last of its octets
 * are given out only once the checksum is right. So a reader of a damaged body never comes to its end.
 */
final class SliceStream extends InputStream {

    private static final int BUFFER = 16 << 10;

    private final Slice slice;
    private final FileChannel file;
    private final CRC32C crc = new CRC32C();
    private final byte[] buffer;
    private long position;          // in the file, of the next octet to read
    private long unread;            // octets of the body that are still in the file
    private long togive;            // octets of the slice that were not given out yet
    private int start;
    private int end;

    /**
     * Opens the body and goes to the slice.
     *
     * @throws java.nio.file.NoSuchFileException when the file is not there; what else keeps it from being opened is
     *     another exception
     */
    SliceStream(Slice slice, Path path) throws IOException {
        var header = slice.body().file().kind() == Slice.Kind.SEGMENT ? BodyStore.HEADER : 0;
        this.slice = slice;
        this.buffer = new byte[header + (int) Math.max(1, Math.min(BUFFER, slice.body().length()))];
        this.position = slice.body().offset() - header;
        this.unread = slice.body().length();
        this.togive = slice.length();
        this.file = FileChannel.open(path, StandardOpenOption.READ);
        try {
            begin(header);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** The header comes with the first octets, in one call of the system. */
    private void begin(int header) throws IOException {
        if (header > 0) {
            var first = (int) Math.min(buffer.length - header, unread);
            var there = fetch(buffer, 0, header + first);
            if (there < header) {
                throw new DamagedException("the record is cut off");
            }
            checkHeader(ByteBuffer.wrap(buffer));
            take(buffer, header, first, there - header);
            start = header;
            end = header + first;
        }
        for (var before = slice.from(); before > 0;) {
            if (start == end) {
                fill();
            }
            var skipped = (int) Math.min(before, end - start);
            start += skipped;
            before -= skipped;
        }
        if (unread == 0 && togive == 0 && slice.body().length() == 0 && slice.body().crc() != 0) {
            throw new DamagedException("the checksum is wrong");
        }
    }

    private void checkHeader(ByteBuffer header) throws DamagedException {
        if (header.getInt() != BodyStore.MAGIC || header.getInt() != slice.body().length()
            || header.getInt() != slice.body().crc()) {
            throw new DamagedException("the record's header is wrong");
        }
    }

    private void fill() throws IOException {
        start = 0;
        end = (int) Math.min(buffer.length, unread);
        load(buffer, 0, end);
    }

    /** Large pieces go to the reader's array at once. */
    private int direct(byte[] octets, int offset, int length) throws IOException {
        var count = (int) Math.min(length, unread);
        load(octets, offset, count);
        togive -= count;
        return count;
    }

    private void load(byte[] octets, int offset, int count) throws IOException {
        take(octets, offset, count, fetch(octets, offset, count));
    }

    /** Reads as many octets as are there, at most the count. */
    private int fetch(byte[] octets, int offset, int count) throws IOException {
        var to = ByteBuffer.wrap(octets, offset, count);
        for (var got = 0; to.hasRemaining() && got >= 0; position += Math.max(0, got)) {
            got = file.read(to, position);
        }
        return count - to.remaining();
    }

    /** Checks octets of the body that were to be read, of which so many were there. */
    private void take(byte[] octets, int offset, int count, int there) throws DamagedException {
        if (there < count) {
            throw new DamagedException("the body is cut off");
        }
        crc.update(octets, offset, count);
        unread -= count;
        if (unread == 0 && (int) crc.getValue() != slice.body().crc()) {
            throw new DamagedException("the checksum is wrong");
        }
    }

    @Override public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override public int read(byte[] octets, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, octets.length);
        if (togive == 0 || length == 0) {
            return togive == 0 ? -1 : 0;
        }
        if (start == end) {
            if (length >= buffer.length && togive == unread) {
                return direct(octets, offset, length);
            }
            fill();
        }
        var count = (int) Math.min(Math.min(length, end - start), togive);
        System.arraycopy(buffer, start, octets, offset, count);
        start += count;
        togive -= count;
        return count;
    }

    @Override public void close() throws IOException {
        file.close();
    }

    /** The body is not what was written. */
    static final class DamagedException extends EOFException {
        private static final long serialVersionUID = 1L;

        DamagedException(String why) {
            super(why);
        }
    }
}
