package org.posthorn.protocols.wire;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes a text that ends with a dot, in one pass: a line that begins with a dot gets one more (RFC 5321 section
 * 4.5.2), and every line end becomes CRLF, also a CR or LF that stands alone. We never send bare ones (section 2.3.8):
 * a peer that takes them for line ends would see another message than we meant.
 *
 * <p>{@link #finish} ends the text. Text that is well formed goes on in pieces as large as it came.
 */
public final class DotWriter extends OutputStream {

    private static final byte[] DOT = {'.'};
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] END = {'.', '\r', '\n'};

    private final OutputStream out;
    private boolean atLineStart = true;
    /** The last piece ended with a CR, which is not written yet: an LF may follow. */
    private boolean afterCr;

    /** Writes to a stream that should be buffered: short pieces occur. */
    public DotWriter(OutputStream out) {
        this.out = out;
    }

    @Override public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override public void write(byte[] octets, int offset, int length) throws IOException {
        var end = offset + length;
        var from = offset;      // all before this was written
        if (afterCr && length > 0) {
            endLine();
            from += octets[from] == '\n' ? 1 : 0;
        }
        for (var at = from; at < end;) {
            if (atLineStart && octets[at] == '.') {
                out.write(octets, from, at - from);
                out.write(DOT);
                from = at;
            }
            at = lineEnd(octets, at, end);
            atLineStart = at < end;
            if (atLineStart && octets[at] == '\r' && at + 1 < end && octets[at + 1] == '\n') {
                at += 2;
            } else if (atLineStart) {
                out.write(octets, from, at - from);
                from = ++at;
                if (octets[at - 1] == '\r' && at == end) {
                    afterCr = true;
                } else {
                    endLine();
                }
            }
        }
        if (from < end) {
            out.write(octets, from, end - from);
        }
    }

    /** Where the next CR or LF stands. */
    private static int lineEnd(byte[] octets, int from, int end) {
        var at = OctetSearch.next(octets, from, end);
        while (at < end && octets[at] == 0) {
            at = OctetSearch.next(octets, at + 1, end);
        }
        return at;
    }

    private void endLine() throws IOException {
        out.write(CRLF);
        afterCr = false;
        atLineStart = true;
    }

    @Override public void flush() throws IOException {
        out.flush();
    }

    /** Ends the text: a CRLF if the last line has none, then the line with the dot. Does not flush. */
    public void finish() throws IOException {
        if (afterCr || !atLineStart) {
            endLine();
        }
        out.write(END);
    }

    /** Leaves the stream below open. */
    @Override public void close() throws IOException {
        flush();
    }
}
