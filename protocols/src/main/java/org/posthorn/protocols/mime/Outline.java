package org.posthorn.protocols.mime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.mime.SevenBit.Remedy;

/** Sees what each part of a message needs to go in seven bits. */
final class Outline implements Walk.Visitor {

    static final int MOST_PARTS = 10_000;
    private static final int LONGEST_LINE = 998;    // octets, CRLF not among them (RFC 5322 section 2.1.1)
    /** From one octet in six above 127 on base64 is the shorter. */
    private static final int LEGIBLE = 6;

    private static final String SIGNED = "a part of it is signed";

    private final boolean binary;
    private final List<Remedy> remedies = new ArrayList<>();
    private Optional<String> stuck = Optional.empty();
    private Optional<Part> leaf = Optional.empty();
    private boolean changes;
    private boolean isLoose;            // a line of this header is no field
    private boolean partHeaderIsEightBit;
    private boolean gapIsEightBit;
    private long octets;
    private long eight;
    private long lineLength;
    private boolean odd;

    Outline(boolean binary) {
        this.binary = binary;
    }

    List<Remedy> remedies() {
        return remedies;
    }

    /** Why the message cannot be converted. */
    Optional<String> stuck() {
        return stuck;
    }

    /** Whether no body needs to be changed. */
    boolean isPlain() {
        return !changes;
    }

    /** Whether the header of a part has octets above 127 (RFC 6532 section 3.6 allows them where SMTPUTF8 does). */
    boolean partHeaderIsEightBit() {
        return partHeaderIsEightBit;
    }

    /** Fields are not converted. */
    @Override public void header(int part, String field, Pieces.Piece piece) {
        isLoose |= field.isEmpty();
        if (!isEightBit(piece)) {
            return;
        }
        partHeaderIsEightBit |= part > 0;
        if (isLoose) {
            stuck("it has 8-bit text where the fields of a part should be");
        }
    }

    private static boolean isEightBit(Pieces.Piece piece) {
        for (var i = piece.from(); i < piece.end(); i++) {
            if (piece.octets()[i] < 0) {
                return true;
            }
        }
        return false;
    }

    @Override public void headerEnd(Part part, boolean lineEnded, boolean emptyLine) {
        if (remedies.size() >= MOST_PARTS) {
            stuck("it has more than " + MOST_PARTS + " parts");
            leaf = Optional.empty();
            isLoose = false;
            return;
        }
        remedies.add(part.saysMore() && !part.isSigned() ? Remedy.SAY_7BIT : Remedy.KEEP);
        leaf = Optional.of(part);
        isLoose = false;
        gapIsEightBit = false;
        octets = 0;
        eight = 0;
        lineLength = 0;
        odd = false;
    }

    @Override public void body(Pieces.Piece piece) {
        lineLength = piece.startsLine() ? piece.length() : lineLength + piece.length();
        octets += piece.length();
        odd |= lineLength > LONGEST_LINE;
        for (var i = piece.from(); i < piece.end(); i++) {
            var octet = piece.octets()[i];
            if (octet < 0) {
                eight++;
            } else if (octet == 0 || octet == '\r' || octet == '\n') {
                odd = true;
            }
        }
    }

    @Override public void bodyEnd(boolean atBoundary) {
        if (leaf.isEmpty() || eight == 0 && !(binary && odd)) {
            return;
        }
        changes = true;
        var part = leaf.get();
        if (part.isSigned()) {
            stuck(SIGNED);
        } else if (!part.isIdentity()) {
            stuck("a part of it says that it is in " + printable(part.encoding()) + ", and is not");
        } else if (part.isNeverEncoded()) {
            stuck("it has a part of type " + part.type() + " that cannot be read");
        } else {
            remedies.set(part.number(), part.isText() && eight * LEGIBLE <= octets
                ? Remedy.QUOTED_PRINTABLE : Remedy.BASE64);
        }
    }

    private static String printable(String text) {
        var shown = text.replaceAll("[^ -~]", "?");
        return "'" + (shown.length() > 40 ? shown.substring(0, 40) : shown) + "'";
    }

    private void stuck(String why) {
        if (stuck.isEmpty()) {
            stuck = Optional.of(why);
        }
    }

    @Override public void boundary(Pieces.Piece piece) {
        // They are ASCII, or would not be found.
    }

    @Override public void gap(Pieces.Piece piece, boolean isSigned) {
        if (!isEightBit(piece)) {
            return;
        }
        changes = true;
        gapIsEightBit = true;
        if (isSigned) {
            stuck(SIGNED);
        }
    }

    /** Somebody may read it all the same. */
    @Override public void noParts() {
        if (gapIsEightBit) {
            stuck("it has a multipart without parts");
        }
    }
}
