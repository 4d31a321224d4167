package org.posthorn.protocols.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads the text of DATA: ends at CRLF, dot, CRLF and at nothing else, and takes away the dots that were stuffed
 * (RFC 5321 section 4.5.2). Everything before the end passes through as it was sent, also octets that should not be
 * there: {@link TextCheck} finds those.
 *
 * <p>It takes from the stream exactly the octets up to the end, so that commands can follow. The stream should be
 * buffered, and best has {@link LineRuns}.
 */
public final class DotReader extends InputStream {

    private final InputStream in;
    private final LineRuns runs;
    private Place place = Place.LINE_START;
    /** An octet that was looked at too early; below 0 for none. */
    private int pending = -1;

    /** Begins at the first octet of the text. */
    public DotReader(InputStream in) {
        this.in = in;
        this.runs = LineRuns.of(in);
    }

    private enum Place {
        LINE_START, TEXT, CR, END
    }

    /** The next octet of the text, or -1 at its end. */
    @Override public int read() throws IOException {
        if (place == Place.END) {
            return -1;
        }
        var octet = next();
        if (place == Place.LINE_START && octet == '.') {
            octet = next();
            if (octet == '\r') {
                var afterCr = next();
                if (afterCr == '\n') {
                    place = Place.END;
                    return -1;
                }
                pending = afterCr;
            }
        }
        place = switch (octet) {
            case '\r' -> Place.CR;
            case '\n' -> place == Place.CR ? Place.LINE_START : Place.TEXT;
            default -> Place.TEXT;
        };
        return octet;
    }

    /**
     * Reads until the array is full, the text ends, or nothing more is there without waiting.
     *
     * @throws EOFException when the stream ends before the text does
     */
    @Override public int read(byte[] octets, int offset, int length) throws IOException {
        var count = 0;
        while (count < length && (count == 0 || pending >= 0 || !runs.mayWait())) {
            var octet = read();
            if (octet < 0) {
                break;
            }
            octets[offset + count++] = (byte) octet;
            if (place == Place.TEXT && pending < 0) {
                count += runs.readRun(octets, offset + count, length - count);
            }
        }
        return count == 0 && length > 0 ? -1 : count;
    }

    private int next() throws IOException {
        if (pending >= 0) {
            var octet = pending;
            pending = -1;
            return octet;
        }
        var octet = in.read();
        if (octet < 0) {
            throw new EOFException("the connection ended inside a message");
        }
        return octet;
    }
}
