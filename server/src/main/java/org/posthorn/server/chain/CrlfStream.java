package org.posthorn.server.chain;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Ends every line with CRLF, whatever a mailet ended it with: a bare CR or LF must not leave us (RFC 5321 2.3.8). */
final class CrlfStream extends FilterOutputStream {

    private int before;

    CrlfStream(OutputStream out) {
        super(out);
    }

    @Override public void write(int octet) throws IOException {
        if (octet == '\r') {
            out.write('\r');
            out.write('\n');
        } else if (octet == '\n') {
            if (before != '\r') {
                out.write('\r');
                out.write('\n');
            }
        } else {
            out.write(octet);
        }
        before = octet;
    }

    @Override public void write(byte[] octets, int offset, int length) throws IOException {
        for (var i = offset; i < offset + length; i++) {
            write(octets[i]);
        }
    }
}
