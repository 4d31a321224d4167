package org.posthorn.protocols.client;

import java.io.IOException;
import java.io.OutputStream;

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
        var from = offset;
        for (var i = offset; i < offset + length; i++) {
            var octet = octets[i];
            if (afterCr || octet == '\r' || octet == '\n') {
                out.write(octets, from, i - from);
                from = i;
                if (afterCr || octet == '\n') {
                    out.write(CRLF);
                }
                if (octet == '\r' || octet == '\n') {
                    from = i + 1;
                }
                afterCr = octet == '\r';
            }
        }
        out.write(octets, from, offset + length - from);
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
