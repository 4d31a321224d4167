package org.posthorn.protocols.wire;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes a message as the text of DATA: a dot is put before each line that begins with one, and {@link #finish} ends
 * it (RFC 5321 section 4.5.2).
 *
 * <p>What is written must be lines ended by CRLF. A CR or LF that stands alone passes through as it is; whoever takes
 * messages in has refused those already. Closing does nothing: the stream below stays open.
 */
public final class DotWriter extends OutputStream {

    private static final byte[] DOT = {'.'};
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] END = {'.', '\r', '\n'};

    private final OutputStream out;
    private Place place = Place.LINE_START;

    /** Writes to a stream that should be buffered: short pieces are common. */
    public DotWriter(OutputStream out) {
        this.out = out;
    }

    @Override public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override public void write(byte[] octets, int offset, int length) throws IOException {
        var end = offset + length;
        var written = offset;
        for (var i = offset; i < end;) {
            if (octets[i] == '.' && place == Place.LINE_START) {
                out.write(octets, written, i - written);
                out.write(DOT);
                written = i;
            }
            var text = OctetSearch.next(octets, i, end) - i;
            if (text > 0) {
                place = Place.TEXT;
                i += text;
            } else {
                place = place.after(octets[i++]);
            }
        }
        out.write(octets, written, end - written);
    }

    @Override public void flush() throws IOException {
        out.flush();
    }

    /** Ends the text: a CRLF if the last line has none, then the line with the dot. Does not flush. */
    public void finish() throws IOException {
        if (place != Place.LINE_START) {
            out.write(CRLF);
        }
        out.write(END);
        place = Place.LINE_START;
    }

    /** Leaves the stream below open. */
    @Override public void close() throws IOException {
        flush();
    }

    private enum Place {
        LINE_START, TEXT, CR;

        private Place after(byte octet) {
            if (octet == '\r') {
                return CR;
            }
            return octet == '\n' && this == CR ? LINE_START : TEXT;
        }
    }
}
