package org.posthorn.protocols.wire;

import java.io.IOException;
import java.io.InputStream;

/**
 * The octets of one message, as they go over the wire: header, empty line, body, lines ended by CRLF, no dot-stuffing.
 *
 * <p>It may be opened many times, also by several threads at once; each stream begins at the first octet.
 */
public interface Content {

    /** How many octets {@link #open} will give. */
    long octets();

    /** A new stream over the whole message. The caller closes it. */
    InputStream open() throws IOException;
}
