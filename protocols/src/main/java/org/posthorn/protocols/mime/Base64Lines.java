package org.posthorn.protocols.mime;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Base64;

/** Base64 (RFC 2045 section 6.8) in lines of 76 characters. */
final class Base64Lines implements Encoded.Encoder {

    private static final int LINE = 57;     // octets
    private static final byte[] CRLF = {'\r', '\n'};

    private final ByteArrayOutputStream out;
    private final byte[] line = new byte[LINE];
    private int length;
    private boolean began;

    Base64Lines(ByteArrayOutputStream out) {
        this.out = out;
    }

    @Override public void octets(byte[] octets, int from, int end) {
        for (var i = from; i < end; i++) {
            put(octets[i]);
        }
    }

    private void put(byte octet) {
        if (length == LINE) {
            write();
        }
        line[length++] = octet;
    }

    private void write() {
        if (began) {
            out.writeBytes(CRLF);
        }
        began = true;
        out.writeBytes(Base64.getEncoder().encode(Arrays.copyOf(line, length)));
        length = 0;
    }

    @Override public void lineEnd() {
        put((byte) '\r');
        put((byte) '\n');
    }

    @Override public void finish() {
        if (length > 0) {
            write();
        }
    }
}
