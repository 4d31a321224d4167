package org.posthorn.server.chain;

import jakarta.mail.internet.SharedInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.posthorn.protocols.wire.Content;

/**
 * A part of a content that MIME parsers read again and again, without holding it in memory.
 *
 * <p>Each slice opens the content when it is first read; the owner is told of each opened stream, to close it in the
 * end.
 */
final class ContentSlice extends InputStream implements SharedInputStream {

    private final Content content;
    private final long start;
    private final long end;
    private final Consumer<InputStream> opened;
    private InputStream in;
    private long position;
    private long marked;

    ContentSlice(Content content, long start, long end, Consumer<InputStream> opened) {
        this.content = content;
        this.start = start;
        this.end = end;
        this.opened = opened;
        this.position = start;
    }

    @Override public long getPosition() {
        return position - start;
    }

    @Override public InputStream newStream(long from, long to) {
        return new ContentSlice(content, start + from, to < 0 ? end : Math.min(end, start + to), opened);
    }

    @Override public int read() throws IOException {
        if (position >= end) {
            return -1;
        }
        var octet = source().read();
        position += octet < 0 ? 0 : 1;
        return octet;
    }

    @Override public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (position >= end) {
            return -1;
        }
        var count = source().read(buffer, offset, (int) Math.min(length, end - position));
        position += Math.max(count, 0);
        return count;
    }

    @Override public boolean markSupported() {
        return true;
    }

    @Override public synchronized void mark(int limit) {
        try {
            source().mark(limit);
            marked = position;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override public synchronized void reset() throws IOException {
        source().reset();
        position = marked;
    }

    @Override public int available() {
        return (int) Math.min(Integer.MAX_VALUE, end - position);
    }

    @Override public void close() throws IOException {
        if (in != null) {
            in.close();
        }
    }

    private InputStream source() throws IOException {
        if (in == null) {
            in = new BufferedInputStream(content.open());
            opened.accept(in);
            in.skipNBytes(start);
        }
        return in;
    }
}
