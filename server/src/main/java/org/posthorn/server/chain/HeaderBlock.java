package org.posthorn.server.chain;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.posthorn.protocols.wire.Content;

/** The header of a message, and where its body begins (RFC 5322 section 2.1). */
final class HeaderBlock {

    /** In octets; more than that is no header that a mailet could work on. */
    private static final int LONGEST = 4 << 20;

    private final byte[] octets;
    private final long bodyAt;

    private HeaderBlock(byte[] octets, long bodyAt) {
        this.octets = octets;
        this.bodyAt = bodyAt;
    }

    /**
     * Reads the header of a content.
     *
     * @throws IOException when it cannot be read, or is longer than 4 MiB
     */
    static HeaderBlock of(Content content) throws IOException {
        var header = new ByteArrayOutputStream();
        var line = new ByteArrayOutputStream();
        try (var in = new BufferedInputStream(content.open())) {
            for (var octet = in.read(); octet >= 0; octet = in.read()) {
                line.write(octet);
                if (octet == '\n') {
                    if (isEmpty(line)) {
                        return new HeaderBlock(header.toByteArray(), header.size() + (long) line.size());
                    }
                    line.writeTo(header);
                    line.reset();
                }
                if (header.size() + line.size() > LONGEST) {
                    throw new IOException("the header is longer than " + LONGEST + " octets");
                }
            }
        }
        line.writeTo(header);
        return new HeaderBlock(header.toByteArray(), header.size());
    }

    private static boolean isEmpty(ByteArrayOutputStream line) {
        return line.size() == 1 || line.size() == 2 && line.toByteArray()[0] == '\r';
    }

    /** The header fields with the CRLF of each, without the empty line. Not to be changed. */
    byte[] octets() {
        return octets;
    }

    /** The body's first octet; the content's end where there is no empty line. */
    long bodyAt() {
        return bodyAt;
    }
}
