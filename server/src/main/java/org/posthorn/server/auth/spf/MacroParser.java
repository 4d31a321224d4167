package org.posthorn.server.auth.spf;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.posthorn.server.auth.spf.MacroString.Macro;
import org.posthorn.server.auth.spf.MacroString.Piece;
import org.posthorn.server.auth.spf.MacroString.Text;
import org.posthorn.server.auth.spf.Parsed.Bad;
import org.posthorn.server.auth.spf.Parsed.Good;

/** Reads texts with macros (RFC 7208 section 7.1). */
final class MacroParser {

    private static final Pattern MACRO = Pattern.compile("([A-Za-z])([0-9]*)([rR]?)([.\\-+,/_=]*)");
    /** What a domain ends with: a dot and a top label, which has a letter or an inner hyphen. */
    private static final Pattern END = Pattern.compile(
        ".*\\.([A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*|[A-Za-z0-9]+-[A-Za-z0-9-]*[A-Za-z0-9])\\.?");
    private static final String ANYWHERE = "slodiphv";
    private static final String IN_EXPLANATIONS = "crt";
    private static final int MOST_PARTS = 128;   // more than a name can have

    private final String text;
    private final boolean spaces;
    private final String letters;
    private final List<Piece> pieces = new ArrayList<>();
    private final StringBuilder literal = new StringBuilder();
    private int next;

    private MacroParser(String text, boolean spaces, String letters) {
        this.text = text;
        this.spaces = spaces;
        this.letters = letters;
    }

    /** Reads a {@code domain-spec}, as mechanisms, {@code redirect} and {@code exp} have it. */
    static Parsed<MacroString> domain(String text) {
        if (text.isEmpty()) {
            return new Bad<>("a domain is missing");
        }
        var parser = new MacroParser(text, false, ANYWHERE);
        return switch (parser.parse()) {
            case Bad<MacroString> bad -> bad;
            // "a:192.0.2.1" is a common mistake: an address is no domain, and "ip4:" was meant.
            case Good<MacroString> _ when parser.endsWithLiteral() && !END.matcher(parser.tail()).matches() ->
                new Bad<>("'" + text + "' does not end like a domain");
            case Good<MacroString> good -> good;
        };
    }

    /** Reads the text of an explanation, which may hold spaces, and macros of its own. */
    static Parsed<MacroString> explanation(String text) {
        return new MacroParser(text, true, ANYWHERE + IN_EXPLANATIONS).parse();
    }

    /** Reads the value of a modifier that means nothing to us: it still has to be well formed. */
    static Parsed<MacroString> unknown(String text) {
        return new MacroParser(text, false, ANYWHERE + IN_EXPLANATIONS).parse();
    }

    private Parsed<MacroString> parse() {
        while (next < text.length()) {
            var c = text.charAt(next);
            if (c == '%') {
                var wrong = expand();
                if (!wrong.isEmpty()) {
                    return new Bad<>(wrong);
                }
            } else if (c > ' ' && c < 127 || c == ' ' && spaces) {
                literal.append(c);
                next++;
            } else {
                return new Bad<>("a character that may not stand there: " + (int) c);
            }
        }
        flush(false);
        return new Good<>(new MacroString(pieces));
    }

    private boolean endsWithLiteral() {
        return !literal.isEmpty();
    }

    private String tail() {
        return literal.toString();
    }

    /** Ends a run of literal text; the last run is still needed to see how a domain ends. */
    private void flush(boolean more) {
        if (!literal.isEmpty()) {
            pieces.add(new Text(literal.toString()));
        }
        if (more) {
            literal.setLength(0);
        }
    }

    /** Reads what follows a percent sign; tells what is wrong, or nothing. */
    private String expand() {
        flush(true);
        var kind = next + 1 < text.length() ? text.charAt(next + 1) : ' ';
        switch (kind) {
            case '%' -> pieces.add(new Text("%"));
            case '_' -> pieces.add(new Text(" "));
            case '-' -> pieces.add(new Text("%20"));
            case '{' -> {
                return macro();
            }
            default -> {
                return "'%' is not followed by '{', '%', '_' or '-'";
            }
        }
        next += 2;
        return "";
    }

    private String macro() {
        var end = text.indexOf('}', next);
        if (end < 0) {
            return "a macro has no '}'";
        }
        var inner = text.substring(next + 2, end);
        var found = MACRO.matcher(inner);
        if (!found.matches()) {
            return "'%{" + inner + "}' is no macro";
        }
        var letter = found.group(1).charAt(0);
        var small = Character.toLowerCase(letter);
        if (letters.indexOf(small) < 0) {
            return "there is no macro letter '" + letter + "' here";
        }
        var parts = found.group(2).isEmpty() ? 0 : parts(found.group(2));
        if (parts == 0 && !found.group(2).isEmpty()) {
            return "'%{" + inner + "}' keeps no part at all";
        }
        pieces.add(new Macro(small, letter != small, parts, !found.group(3).isEmpty(), found.group(4)));
        next = end + 1;
        return "";
    }

    private static int parts(String digits) {
        var plain = digits.replaceFirst("^0+", "");
        return plain.isEmpty() ? 0 : plain.length() > 3 ? MOST_PARTS : Math.min(MOST_PARTS, Integer.parseInt(plain));
    }
}
