package org.posthorn.protocols.client;

import java.io.IOException;
import java.io.OutputStream;
import org.posthorn.protocols.wire.OctetSearch;

/**
 * Makes every line end CRLF: a CR or LF that stands alone becomes one. We never send bare ones (RFC 5321 section
 * 2.3.8): a peer that takes them for line ends would see another message than we meant.
 */
final class CrlfOutput extends OutputStream {

    private static final byte[] CRLF = {'\r', '\n'};

    private final OutputStream out;
    private boolean afterCr;

    CrlfOutput(OutputStream out) {
        this.out = out;
    }

    @Override public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override public void write(byte[] octets, int offset, int length) throws IOException {
        var end = offset + length;
        var from = offset;      // all before this was written
        if (afterCr && length > 0) {
            out.write(CRLF);
            afterCr = false;
            from += octets[from] == '\n' ? 1 : 0;
        }
        for (var i = OctetSearch.next(octets, from, end); i < end; i = OctetSearch.next(octets, i, end)) {
            if (octets[i] == '\r' && i + 1 < end && octets[i + 1] == '\n') {
                i += 2;
            } else if (octets[i] == 0) {
                i++;
            } else {
                out.write(octets, from, i - from);
                from = ++i;
                if (octets[i - 1] == '\r' && i == end) {
                    afterCr = true;     // an LF may follow
                } else {
                    out.write(CRLF);
                }
            }
        }
        out.write(octets, from, end - from);
    }

    /** Ends a last line that is but a CR. */
    void finish() throws IOException {
        if (afterCr) {
            out.write(CRLF);
            afterCr = false;
        }
    }

    @Override public void flush() throws IOException {
        out.flush();
    }
}
