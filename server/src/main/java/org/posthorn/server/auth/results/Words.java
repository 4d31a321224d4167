package org.posthorn.server.auth.results;

import java.util.regex.Pattern;

/** Words of structured header fields, with whatever others said made harmless. */
final class Words {

    /** RFC 2045 section 5.1, and the {@code @} of an address (RFC 8601 section 2.2, pvalue). */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9!#$%&'*+._`{|}~^-]+(@[A-Za-z0-9._-]+)?");
    private static final int LONGEST = 500;   // characters; a header line may have 998 (RFC 5322 section 2.1.1)

    private Words() {
    }

    /** A value as it is where that may stand alone, else as a quoted string. */
    static String value(String text) {
        return text.length() <= LONGEST && PLAIN.matcher(text).matches() ? text : quoted(text);
    }

    /** A quoted string (RFC 5322 section 3.2.4) in one line, cut where it is too long, in printable US-ASCII. */
    static String quoted(String text) {
        return '"' + escaped(text, "\\\"") + '"';
    }

    /** A comment's inner text (RFC 5322 section 3.2.2). */
    static String comment(String text) {
        return escaped(text, "\\()");
    }

    /** A backslash before each of these; cut where it would be too long then. */
    private static String escaped(String text, String special) {
        var written = new StringBuilder();
        for (var c : text.replaceAll("[^\\x20-\\x7e]", "?").toCharArray()) {
            if (written.length() >= LONGEST) {
                return written.append("...").toString();
            }
            if (special.indexOf(c) >= 0) {
                written.append('\\');
            }
            written.append(c);
        }
        return written.toString();
    }
}
