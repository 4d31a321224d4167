package org.posthorn.protocols.mime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.posthorn.protocols.mime.SevenBit.Remedy;

/** Reads a message and gives it with its parts encoded. Holds a piece at a time. */
final class Encoded extends InputStream implements Walk.Visitor {

    private static final byte[] CRLF = {'\r', '\n'};

    private final InputStream in;
    private final Pieces pieces;
    private final Walk walk = new Walk(this);
    private final List<Remedy> remedies;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private byte[] ready = {};
    private int at;
    private boolean ended;
    private Encoder encoder = new Verbatim(out);
    private boolean lineEnds;   // a line of the body ended, and that was not written yet

    /** Writes the body of a part. */
    interface Encoder {

        void octets(byte[] octets, int from, int end);

        /** The end of a line. */
        void lineEnd();

        /** The end of the body; leaves the last line without its end, if it has any octets. */
        void finish();
    }

    private record Verbatim(ByteArrayOutputStream out) implements Encoder {

        @Override public void octets(byte[] octets, int from, int end) {
            out.write(octets, from, end - from);
        }

        @Override public void lineEnd() {
            out.writeBytes(CRLF);
        }

        @Override public void finish() {
            // All is written.
        }
    }

    /** Reads that stream, and closes it in the end. */
    Encoded(InputStream in, List<Remedy> remedies) {
        this.in = in;
        this.pieces = new Pieces(in);
        this.remedies = remedies;
    }

    @Override public int read() throws IOException {
        return isReady() ? ready[at++] & 0xff : -1;
    }

    @Override public int read(byte[] octets, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!isReady()) {
            return -1;
        }
        var count = Math.min(length, ready.length - at);
        System.arraycopy(ready, at, octets, offset, count);
        at += count;
        return count;
    }

    private boolean isReady() throws IOException {
        while (at == ready.length && !ended) {
            var piece = pieces.next();
            if (piece.isPresent()) {
                walk.take(piece.get());
            } else {
                walk.end();
                ended = true;
            }
            ready = out.toByteArray();
            out.reset();
            at = 0;
        }
        return at < ready.length;
    }

    @Override public void close() throws IOException {
        in.close();
    }

    private void line(Pieces.Piece piece) {
        out.write(piece.octets(), piece.from(), piece.length());
        if (piece.endsLine()) {
            out.writeBytes(CRLF);
        }
    }

    private Remedy remedy(int part) {
        return part < remedies.size() ? remedies.get(part) : Remedy.KEEP;
    }

    @Override public void header(int part, String field, Pieces.Piece piece) {
        if (!field.equals(Part.ENCODING) || remedy(part).label().isEmpty()) {
            line(piece);
        }
    }

    @Override public void headerEnd(Part part, boolean lineEnded, boolean emptyLine) {
        var remedy = remedy(part.number());
        remedy.label().ifPresent(label -> {
            if (!lineEnded) {
                out.writeBytes(CRLF);
            }
            var isEncoded = remedy != Remedy.SAY_7BIT;
            field(part.isMessage() && !part.present().contains(Part.VERSION), "MIME-Version: 1.0");
            // RFC 1428 section 3: for text in a charset that nobody named.
            field(isEncoded && !part.present().contains(Part.TYPE), "Content-Type: text/plain; charset=unknown-8bit");
            field(true, "Content-Transfer-Encoding: " + label);
        });
        if (emptyLine) {
            out.writeBytes(CRLF);
        }
        encoder = switch (remedy) {
            case KEEP, SAY_7BIT -> new Verbatim(out);
            case QUOTED_PRINTABLE -> new QuotedPrintable(out);
            case BASE64 -> new Base64Lines(out);
        };
        lineEnds = false;
    }

    private void field(boolean isMissing, String text) {
        if (isMissing) {
            out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(CRLF);
        }
    }

    @Override public void body(Pieces.Piece piece) {
        if (lineEnds) {
            encoder.lineEnd();
        }
        encoder.octets(piece.octets(), piece.from(), piece.end());
        lineEnds = piece.endsLine();
    }

    @Override public void bodyEnd(boolean atBoundary) {
        if (lineEnds && !atBoundary) {
            encoder.lineEnd();
        }
        encoder.finish();
        if (lineEnds && atBoundary) {
            out.writeBytes(CRLF);
        } else if (!atBoundary && encoder instanceof Base64Lines) {
            out.writeBytes(CRLF);
        }
        lineEnds = false;
        encoder = new Verbatim(out);
    }

    @Override public void boundary(Pieces.Piece piece) {
        line(piece);
    }

    /** RFC 2046 section 5.1.1: nobody reads it. */
    @Override public void gap(Pieces.Piece piece, boolean isSigned) {
        for (var i = piece.from(); i < piece.end(); i++) {
            out.write(piece.octets()[i] < 0 ? '?' : piece.octets()[i]);
        }
        if (piece.endsLine()) {
            out.writeBytes(CRLF);
        }
    }

    @Override public void noParts() {
        // Then nothing was to be replaced, or it was not converted.
    }
}
