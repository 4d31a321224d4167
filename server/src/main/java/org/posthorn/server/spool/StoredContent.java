package org.posthorn.server.spool;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.posthorn.protocols.wire.Content;

/**
 * The octets of one variant, in the body store.
 *
 * @param store where they lie
 * @param slices in order; empty once the message is settled
 * @param octets how many they are, or were
 * @param damage told when a body is not what was written
 */
record StoredContent(BodyStore store, List<Slice> slices, long octets, Damage damage) implements Content {

    /** Copies the list. */
    StoredContent {
        slices = List.copyOf(slices);
    }

    /** Told of a body that is not what was written, by whoever read it. */
    @FunctionalInterface
    interface Damage {
        void found(Slice slice, String why);
    }

    @Override public InputStream open() throws IOException {
        if (slices.isEmpty() && octets > 0) {
            throw new FileNotFoundException("the message is settled, its octets are not kept");
        }
        return new Parts();
    }

    /** One slice after the other. */
    private final class Parts extends InputStream {
        private int next;
        private InputStream part = InputStream.nullInputStream();

        @Override public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override public int read(byte[] to, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            try {
                var count = part.read(to, offset, length);
                while (count < 0 && next < slices.size()) {
                    part.close();
                    part = opened(slices.get(next++));
                    count = part.read(to, offset, length);
                }
                return count;
            } catch (SliceStream.DamagedException e) {
                damage.found(slices.get(next - 1), e.getMessage());
                throw new IOException("the message's octets are damaged: " + e.getMessage(), e);
            }
        }

        private InputStream opened(Slice slice) throws IOException {
            try {
                return store.open(slice);
            } catch (NoSuchFileException e) {
                if (store.isLive(slice.body().file())) {
                    var missing = new SliceStream.DamagedException(
                        "the file " + store.path(slice.body().file()) + " is missing");
                    missing.addSuppressed(e);
                    throw missing;
                }
                throw e;
            }
        }

        @Override public void close() throws IOException {
            part.close();
        }
    }
}
