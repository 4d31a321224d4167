package org.posthorn.protocols.wire;

import java.nio.charset.StandardCharsets;

/** What {@link LineReader} found up to the next CRLF. */
public sealed interface Line {

    /**
     * A line that may be parsed.
     *
     * @param octets without the CRLF; no CR, LF or NUL among them
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
    record Text(byte[] octets) implements Line {

        /** The octets as ISO 8859-1, which keeps each of them. */
        public String latin1() {
            return new String(octets, StandardCharsets.ISO_8859_1);
        }

        /** The octets as UTF-8, for people; what is none becomes U+FFFD. */
        public String utf8() {
            return new String(octets, StandardCharsets.UTF_8);
        }
    }

    /** More octets than allowed without a CRLF. They were skipped; the next line is in step again. */
    record TooLong() implements Line {
    }

    /**
     * A line that could mean different things to different readers, and therefore means nothing (RFC 5321 section
     * 2.3.8).
     */
    record Malformed(Stray stray) implements Line {
    }

    /** The peer closed. What it sent after its last CRLF is not reported. */
    record End() implements Line {
    }
}
