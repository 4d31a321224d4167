package org.posthorn.server.intake;

import java.util.Locale;
import java.util.Optional;

/** Finds out in whose name an Authentication-Results field speaks (RFC 8601 section 2.2). */
final class AuthservId {

    private static final String SPECIALS = "()<>@,;:\\\"/[]?=";     // RFC 2045 section 5.1: what a token may not hold

    private final String value;
    private int next;

    private AuthservId(String value) {
        this.value = value;
    }

    /**
     * The id at the front of a field's value.
     *
     * @param value after the colon, folded as it came
     * @return in lower case, without a final dot; empty when there is none that could be read
     */
    static Optional<String> of(String value) {
        var reader = new AuthservId(value);
        if (!reader.skipBlanks()) {
            return Optional.empty();
        }
        var id = reader.next < value.length() && value.charAt(reader.next) == '"' ? reader.quoted() : reader.token();
        return id.map(found -> found.endsWith(".") ? found.substring(0, found.length() - 1) : found)
            .filter(found -> !found.isEmpty()).map(found -> found.toLowerCase(Locale.ROOT));
    }

    /** Blanks, line ends and comments, which nest; false when a comment does not end. */
    private boolean skipBlanks() {
        var depth = 0;
        for (; next < value.length(); next++) {
            var c = value.charAt(next);
            if (c == '(') {
                depth++;
            } else if (depth > 0) {
                depth -= c == ')' ? 1 : 0;
                next += c == '\\' ? 1 : 0;
            } else if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
                return true;
            }
        }
        return false;
    }

    private Optional<String> token() {
        var start = next;
        while (next < value.length() && value.charAt(next) > ' ' && SPECIALS.indexOf(value.charAt(next)) < 0) {
            next++;
        }
        return Optional.of(value.substring(start, next));
    }

    private Optional<String> quoted() {
        var id = new StringBuilder();
        for (next++; next < value.length(); next++) {
            var c = value.charAt(next);
            if (c == '"') {
                return Optional.of(id.toString().strip());
            }
            if (c == '\\' && next + 1 < value.length()) {
                c = value.charAt(++next);
            }
            if (c != '\r' && c != '\n') {
                id.append(c);
            }
        }
        return Optional.empty();
    }
}
