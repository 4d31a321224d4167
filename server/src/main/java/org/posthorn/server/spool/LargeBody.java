package org.posthorn.server.spool;

import java.io.IOException;
import java.util.zip.CRC32C;

/**
 * A large body in a file of its own while it is written. Guarded by itself: drafts share it after a reference.
 *
 * <p>What a failed write or force left on the disk is unknown, and a second force may say that all is well when it is
 * not: after a failure nothing of it works any more.
 */
final class LargeBody {

    private static final int BUFFER = 32 << 10;

    private final Slice.File file;
    private final Disk.Output output;
    private final CRC32C crc = new CRC32C();
    private final byte[] buffer = new byte[BUFFER];
    private int buffered;
    private long length;
    private boolean forced;
    private boolean broken;
    private int drafts = 1;

    LargeBody(BodyStore store) throws IOException {
        file = store.newFile();
        try {
            output = store.create(file);
        } catch (IOException e) {
            store.release(file);
            throw e;
        }
    }

    Slice.File file() {
        return file;
    }

    synchronized void write(byte[] octets, int offset, int count) throws IOException {
        for (var done = 0; done < count;) {
            var step = Math.min(count - done, BUFFER - buffered);
            System.arraycopy(octets, offset + done, buffer, buffered, step);
            buffered += step;
            done += step;
            if (buffered == BUFFER) {
                flush();
            }
        }
    }

    synchronized void flush() throws IOException {
        begin();
        output.write(buffer, 0, buffered);
        broken = false;
        crc.update(buffer, 0, buffered);
        length += buffered;
        buffered = 0;
    }

    private void begin() throws IOException {
        if (broken) {
            throw new IOException("this body could not be written before");
        }
        broken = true;
    }

    synchronized long length() {
        return length + buffered;
    }

    synchronized Slice slice() throws IOException {
        flush();
        return Slice.all(new Slice.Body(file, 0, length, (int) crc.getValue()));
    }

    synchronized void force(BodyStore store) throws IOException {
        if (!forced) {
            begin();
            output.force();
            output.close();
            store.forceNames();
            broken = false;
            forced = true;
        }
    }

    synchronized LargeBody shared() {
        drafts++;
        return this;
    }

    /** One draft less; the last one closes it. */
    synchronized void leave() throws IOException {
        if (--drafts == 0) {
            output.close();
        }
    }
}
