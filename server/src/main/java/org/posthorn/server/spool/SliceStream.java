package org.posthorn.server.spool;

import java.io.EOFException;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * Reads one slice and checks the body it is of: the octets before the slice are read too, and the last of its octets
 * are given out only once the checksum is right. So a reader of a damaged body never comes to its end.
 */
final class SliceStream extends InputStream {

    private static final int BUFFER = 16 << 10;

    private final Slice slice;
    private final InputStream file;
    private final CRC32C crc = new CRC32C();
    private final byte[] buffer;
    private long unread;            // octets of the body that are still in the file
    private long togive;            // octets of the slice that were not given out yet
    private int start;
    private int end;

    /**
     * Opens the body at its beginning and skips to the slice.
     *
     * @throws NoSuchFileException when the file is not there; what else keeps it from being opened is another exception
     */
    SliceStream(Slice slice, Path path) throws IOException {
        this.slice = slice;
        this.file = opened(path);
        this.buffer = new byte[(int) Math.max(1, Math.min(BUFFER, slice.body().length()))];
        this.unread = slice.body().length();
        this.togive = slice.length();
        try {
            begin();
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** The stream calls every file that cannot be opened now "not found", also when we have no descriptor left. */
    private static InputStream opened(Path path) throws IOException {
        try {
            return new FileInputStream(path.toFile());
        } catch (FileNotFoundException e) {
            if (Files.notExists(path)) {
                throw (IOException) new NoSuchFileException(path.toString()).initCause(e);
            }
            throw e;
        }
    }

    private void begin() throws IOException {
        if (slice.body().file().kind() == Slice.Kind.SEGMENT) {
            file.skipNBytes(slice.body().offset() - BodyStore.HEADER);
            var header = ByteBuffer.wrap(file.readNBytes(BodyStore.HEADER));
            if (header.remaining() < BodyStore.HEADER) {
                throw new DamagedException("the record is cut off");
            }
            if (header.getInt() != BodyStore.MAGIC || header.getInt() != slice.body().length()
                || header.getInt() != slice.body().crc()) {
                throw new DamagedException("the record's header is wrong");
            }
        }
        for (var before = slice.from(); before > 0;) {
            fill();
            start = (int) Math.min(before, end);
            before -= start;
        }
        if (unread == 0 && togive == 0 && slice.body().length() == 0 && slice.body().crc() != 0) {
            throw new DamagedException("the checksum is wrong");
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
        if (file.readNBytes(octets, offset, count) < count) {
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
