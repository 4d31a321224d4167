package org.posthorn.protocols.mime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Follows the structure of a message piece by piece: headers, bodies, and what stands between them. */
final class Walk {

    private static final int LONGEST_FIELD = 8192;      // octets of a value, after which no further line is looked at
    private static final int DEEPEST = 100;             // multiparts in multiparts; below that they are opaque

    private final Visitor visitor;
    private final List<Open> open = new ArrayList<>();
    private final Map<String, StringBuilder> fields = new HashMap<>();
    private State state = State.HEADER;
    private String field = "";
    private boolean isKept;             // the field is one of interest, for the first time in its header
    private boolean gapIsSigned;
    private boolean isUnbegun;          // no boundary of the innermost multipart has come
    private boolean isMessage = true;
    private int number;
    private boolean headerLineEnded = true;

    /** Hears of each piece in order, once. */
    interface Visitor {

        /**
         * A line of a header, or a piece of one.
         *
         * @param part its number
         * @param field the name of the field that it belongs to, in lower case; empty where it belongs to none
         */
        void header(int part, String field, Pieces.Piece piece);

        /**
         * A header is over.
         *
         * @param lineEnded whether its last line was ended
         * @param emptyLine whether an empty line follows, as it should
         */
        void headerEnd(Part part, boolean lineEnded, boolean emptyLine);

        /** A piece of the body of a part that holds no parts. */
        void body(Pieces.Piece piece);

        /**
         * Such a body is over.
         *
         * @param atBoundary whether a boundary follows, to which the end of the last line belongs
         */
        void bodyEnd(boolean atBoundary);

        /** A boundary. */
        void boundary(Pieces.Piece piece);

        /**
         * Before the first and behind the last boundary of a multipart, where nothing means anything.
         *
         * @param isSigned whether the multipart stands below multipart/signed
         */
        void gap(Pieces.Piece piece, boolean isSigned);

        /** What stood before the first boundary of the last multipart was all of it: none came. */
        void noParts();
    }

    private enum State { HEADER, BODY, GAP }

    /** A multipart whose last boundary has not come yet. */
    private record Open(String boundary, boolean isSigned, boolean isDigest) {
    }

    Walk(Visitor visitor) {
        this.visitor = visitor;
    }

    void take(Pieces.Piece piece) {
        if (!open.isEmpty() && isBoundary(piece)) {
            return;
        }
        switch (state) {
            case HEADER -> header(piece);
            case BODY -> visitor.body(piece);
            case GAP -> visitor.gap(piece, gapIsSigned);
        }
    }

    /** The message is over. */
    void end() {
        leave(false);
        if (isUnbegun) {
            visitor.noParts();
        }
    }

    private boolean isBoundary(Pieces.Piece piece) {
        if (!piece.startsLine() || piece.length() < 3 || piece.octets()[piece.from()] != '-'
                || piece.octets()[piece.from() + 1] != '-') {
            return false;
        }
        var text = piece.text().stripTrailing().substring(2);
        for (var level = open.size() - 1; level >= 0; level--) {
            var boundary = open.get(level).boundary();
            var closes = text.equals(boundary + "--");
            if (closes || text.equals(boundary)) {
                leave(true);
                if (isUnbegun && level < open.size() - 1) {
                    visitor.noParts();
                }
                isUnbegun = false;
                open.subList(closes ? level : level + 1, open.size()).clear();
                visitor.boundary(piece);
                if (closes) {
                    state = State.GAP;
                    gapIsSigned = isBelowSigned();
                } else {
                    begin(false);
                }
                return true;
            }
        }
        return false;
    }

    /** The part that was being read is over. */
    private void leave(boolean atBoundary) {
        switch (state) {
            case HEADER -> {
                visitor.headerEnd(part(), headerLineEnded, false);
                visitor.bodyEnd(atBoundary);
            }
            case BODY -> visitor.bodyEnd(atBoundary);
            case GAP -> { }
        }
    }

    private void begin(boolean message) {
        state = State.HEADER;
        isMessage = message;
        number++;
        field = "";
        isKept = false;
        fields.clear();
        headerLineEnded = true;
    }

    private void header(Pieces.Piece piece) {
        if (piece.startsLine() && piece.length() == 0 && piece.endsLine()) {
            headerEnd();
            return;
        }
        if (piece.startsLine() && piece.length() > 0 && !isBlank(piece.octets()[piece.from()])) {
            var text = piece.text();
            var colon = text.indexOf(':');
            field = colon < 0 ? "" : text.substring(0, colon).strip().toLowerCase(Locale.ROOT);
            isKept = isOfInterest(field) && !fields.containsKey(field);
            if (isKept) {
                fields.put(field, new StringBuilder(text.substring(colon + 1)));
            }
        } else if (isKept && fields.get(field).length() < LONGEST_FIELD) {
            fields.get(field).append(piece.text());
        }
        headerLineEnded = piece.endsLine();
        visitor.header(number, field, piece);
    }

    private static boolean isOfInterest(String field) {
        return field.equals(Part.TYPE) || field.equals(Part.ENCODING) || field.equals(Part.VERSION);
    }

    private static boolean isBlank(byte octet) {
        return octet == ' ' || octet == '\t';
    }

    private boolean isBelowSigned() {
        return open.stream().anyMatch(Open::isSigned);
    }

    private Part part() {
        var type = value(Part.TYPE);
        var isDigest = !isMessage && !open.isEmpty() && open.getLast().isDigest();
        return new Part(number, isMessage, isBelowSigned(),
            Part.type(type, isDigest ? "message/rfc822" : "text/plain"), Part.boundary(type),
            Part.encoding(value(Part.ENCODING)), Set.copyOf(fields.keySet()));
    }

    private String value(String name) {
        return fields.containsKey(name) ? fields.get(name).toString().strip() : "";
    }

    private void headerEnd() {
        var part = part();
        visitor.headerEnd(part, true, true);
        if (part.isMultipart() && open.size() < DEEPEST) {
            gapIsSigned = part.isSigned();
            isUnbegun = true;
            open.add(new Open(part.boundary(), part.type().equals("multipart/signed"),
                part.type().equals("multipart/digest")));
            state = State.GAP;
        } else if (part.holdsMessage()) {
            begin(true);
        } else {
            state = State.BODY;
        }
    }
}
