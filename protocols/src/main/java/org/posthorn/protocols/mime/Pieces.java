package org.posthorn.protocols.mime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads a message in pieces: lines that end with CRLF, and parts of lines that are longer than a piece. */
final class Pieces {

    /** Octets of a piece at most; header lines and boundaries are much shorter (RFC 5322 section 2.1.1). */
    static final int LONGEST = 4096;
    private static final int BLOCK = 16_384;

    private final InputStream in;
    private final byte[] block = new byte[BLOCK];
    private int from;
    private int end;
    private boolean atLineStart = true;

    Pieces(InputStream in) {
        this.in = in;
    }

    /**
     * One piece; the array is not to be kept.
     *
     * @param from of its first octet
     * @param end behind its last one, CRLF not among them
     * @param startsLine whether the last piece ended a line
     * @param endsLine whether CRLF follows
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
    record Piece(byte[] octets, int from, int end, boolean startsLine, boolean endsLine) {


        int length() {
            return end - from;
        }

        /** The text of a line of ASCII; what is not ASCII becomes something else that is not. */
        String text() {
            return new String(octets, from, length(), StandardCharsets.ISO_8859_1);
        }
    }

    /** The next one; empty at the end. */
    Optional<Piece> next() throws IOException {
        var at = from;
        while (true) {
            while (at + 1 < end && !(block[at] == '\r' && block[at + 1] == '\n') && at - from < LONGEST) {
                at++;
            }
            if (at + 1 < end && at - from < LONGEST) {
                return Optional.of(piece(at, at + 2, true));
            }
            if (at - from >= LONGEST) {
                return Optional.of(piece(at, at, false));
            }
            var seen = at - from;
            if (!more()) {
                return from == end ? Optional.empty() : Optional.of(piece(end, end, false));
            }
            at = from + seen;
        }
    }

    private Piece piece(int to, int next, boolean endsLine) {
        var piece = new Piece(block, from, to, atLineStart, endsLine);
        from = next;
        atLineStart = endsLine;
        return piece;
    }

    /** False at the end of the stream. */
    private boolean more() throws IOException {
        System.arraycopy(block, from, block, 0, end - from);
        end -= from;
        from = 0;
        var count = in.read(block, end, block.length - end);
        end += Math.max(count, 0);
        return count >= 0;
    }
}
