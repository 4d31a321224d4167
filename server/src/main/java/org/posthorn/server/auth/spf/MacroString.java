package org.posthorn.server.auth.spf;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A text with macros in it (RFC 7208 section 7.1).
 *
 * @param pieces in order
 */
record MacroString(List<Piece> pieces) {

    MacroString {
        pieces = List.copyOf(pieces);
    }

    /** A part of the text. */
    sealed interface Piece {
    }

    /** Stands for itself. */
    record Text(String text) implements Piece {
        @Override public String toString() {
            return text.replace("%", "%%").replace(" ", "%_");
        }
    }

    /**
     * Stands for something that is known of the mail.
     *
     * @param letter in lower case
     * @param escaped whether it is written for a URL: the letter was upper case
     * @param parts how many parts from the right are kept; 0 for all
     * @param reversed whether the parts are turned round
     * @param delimiters what parts it; empty for none
     */
    record Macro(char letter, boolean escaped, int parts, boolean reversed, String delimiters) implements Piece {

        /** Whether it is to be taken apart at all. */
        boolean isTransformed() {
            return parts > 0 || reversed || !delimiters.isEmpty();
        }

        @Override public String toString() {
            return "%{" + (escaped ? Character.toUpperCase(letter) : letter) + (parts > 0 ? parts : "")
                + (reversed ? "r" : "") + delimiters + "}";
        }
    }

    /** Whether some macro in it has this letter. */
    boolean uses(char letter) {
        return pieces.stream().anyMatch(piece -> piece instanceof Macro macro && macro.letter == letter);
    }

    @Override public String toString() {
        return pieces.stream().map(Piece::toString).collect(Collectors.joining());
    }
}
