package org.posthorn.server.bounce;

import java.io.IOException;
import java.io.OutputStream;
import org.posthorn.protocols.wire.Content;
import org.posthorn.server.log.EventLog;

/**
 * The message that comes back, or its header.
 *
 * @param content the failed message
 * @param octets how many of its first octets come back: all, or the header with the empty line after it
 * @param whole whether that is all of it
 * @param eightBit whether there are octets above 127 among them
 */
record Returned(Content content, long octets, boolean whole, boolean eightBit) {

    private static final EventLog LOG = EventLog.of(Returned.class);
    private static final int BLOCK = 16_384;
    private static final long LEAST = 8 << 10;     // octets of a header, to know the message by

    /**
     * What comes back; nothing of a message that cannot be read: its sender must hear of the failure all the same.
     *
     * @param largest of a header too no more octets come back
     */
    static Returned of(Content content, boolean whole, long largest) {
        try {
            return read(content, whole, whole ? Long.MAX_VALUE : Math.max(largest, LEAST));
        } catch (IOException e) {
            LOG.error("unreadable-original", e);
            return new Returned(content, 0, false, false);
        }
    }

    private static Returned read(Content content, boolean whole, long most) throws IOException {
        var block = new byte[BLOCK];
        var count = 0L;
        var eightBit = false;
        var lineIsEmpty = true;
        try (var in = content.open()) {
            for (var length = in.read(block); length >= 0; length = in.read(block)) {
                for (var i = 0; i < length; i++) {
                    count++;
                    eightBit |= block[i] < 0;
                    if (!whole && block[i] == '\n' && lineIsEmpty || count >= most) {
                        return new Returned(content, count, whole, eightBit);
                    }
                    lineIsEmpty = block[i] == '\n' || block[i] == '\r' && lineIsEmpty;
                }
            }
        }
        return new Returned(content, count, whole, eightBit);
    }

    /** The media type (RFC 3462 section 2, RFC 6533 section 6 for internationalized ones). */
    String type(boolean utf8) {
        if (utf8 && eightBit) {
            return whole ? "message/global" : "message/global-headers";
        }
        return whole ? "message/rfc822" : "text/rfc822-headers";
    }

    void writeTo(OutputStream out) throws IOException {
        if (octets == 0) {
            return;
        }
        var block = new byte[BLOCK];
        try (var in = content.open()) {
            for (var left = octets; left > 0; ) {
                var length = in.read(block, 0, (int) Math.min(block.length, left));
                if (length < 0) {
                    throw new IOException("the message ends early: " + left + " octets are missing");
                }
                out.write(block, 0, length);
                left -= length;
            }
        }
    }
}
