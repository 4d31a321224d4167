package org.posthorn.protocols.address;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.posthorn.protocols.address.AddressResult.Bad;
import org.posthorn.protocols.address.AddressResult.Good;
import org.posthorn.protocols.address.AddressResult.Problem;

/**
 * Domain names in the one form we keep: lower case A-labels without a trailing dot (RFC 5321 section 2.3.5, RFC 5890).
 *
 * <p>U-labels are mapped as RFC 5895 says (width, case, NFC) and encoded with Punycode. {@code java.net.IDN} is not
 * used: it follows IDNA2003, which turns {@code ß} into {@code ss} and so may name somebody else's domain.
 */
public final class DomainName {

    /** Octets of a domain (RFC 5321 section 4.5.3.1.2). DNS holds two fewer, and will say so. */
    static final int MAX_DOMAIN = 255;
    /** Octets of a label (RFC 1035 section 2.3.4). */
    static final int MAX_LABEL = 63;

    private DomainName() {
    }

    /**
     * Reads a whole text as a domain name.
     *
     * @param allowUnicode whether U-labels may stand in it; without, they are {@link Problem#NEEDS_SMTPUTF8}
     * @return the canonical form
     */
    public static AddressResult<String> parse(String text, boolean allowUnicode) {
        var name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        if (name.isEmpty()) {
            return bad("expected a domain");
        }
        if (isCanonical(name)) {
            return new Good<>(name, "");
        }
        var labels = new ArrayList<String>();
        for (var label : List.of(name.split("\\.", -1))) {
            if (!isAscii(label) && !allowUnicode) {
                return new Bad<>(Problem.NEEDS_SMTPUTF8, "a domain that is not ASCII needs SMTPUTF8");
            }
            var ascii = isAscii(label) ? Optional.of(label.toLowerCase(Locale.ROOT)) : toAscii(label);
            if (ascii.isEmpty() || !isLetterDigitHyphen(ascii.get())) {
                return bad(label.isEmpty() ? "a domain has no empty label"
                    : "'" + label + "' is not a domain label: letters, digits and inner hyphens, at most "
                        + MAX_LABEL + " octets");
            }
            labels.add(ascii.get());
        }
        var domain = String.join(".", labels);
        return domain.length() > MAX_DOMAIN ? bad("a domain is at most " + MAX_DOMAIN + " octets long")
            : new Good<>(domain, "");
    }

    /** Most names come as we keep them, which one pass finds out without taking them apart. */
    private static boolean isCanonical(String name) {
        var start = 0;
        for (var i = 0; i <= name.length(); i++) {
            var c = i < name.length() ? name.charAt(i) : '.';
            if (c == '.') {
                if (i == start || i - start > MAX_LABEL || name.charAt(start) == '-' || name.charAt(i - 1) == '-') {
                    return false;
                }
                start = i + 1;
            } else if (!isLetterDigitHyphen(c)) {
                return false;
            }
        }
        return name.length() <= MAX_DOMAIN;
    }

    private static boolean isLetterDigitHyphen(int c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-';
    }

    private static Optional<String> toAscii(String label) {
        var mapped = Normalizer.normalize(
            Normalizer.normalize(label, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT), Normalizer.Form.NFC);
        // NFKC may make ASCII out of it, such as from full-width letters.
        if (isAscii(mapped)) {
            return Optional.of(mapped);
        }
        var allowed = mapped.codePoints().allMatch(DomainName::mayStandInLabel)
            && !isMark(mapped.codePointAt(0)) && !mapped.startsWith("-") && !mapped.endsWith("-")
            && !mapped.startsWith("--", 2);
        return allowed ? Optional.of("xn--" + Punycode.encode(mapped)) : Optional.empty();
    }

    /** Close to PVALID of RFC 5892 section 2: letters without upper case, marks, digits. Joiners are not taken. */
    private static boolean mayStandInLabel(int codePoint) {
        if (codePoint < 128) {
            return codePoint == '-' || codePoint >= '0' && codePoint <= '9' || codePoint >= 'a' && codePoint <= 'z';
        }
        return isMark(codePoint) || switch (Character.getType(codePoint)) {
            case Character.LOWERCASE_LETTER, Character.OTHER_LETTER, Character.MODIFIER_LETTER,
                Character.DECIMAL_DIGIT_NUMBER -> true;
            // Exceptions of RFC 5892 section 2.6: middle dot between l and l is Catalan; the rest is East Asian.
            default -> codePoint == 0xB7 || codePoint == 0x3007 || codePoint == 0x30FB;
        };
    }

    private static boolean isMark(int codePoint) {
        return Character.getType(codePoint) == Character.NON_SPACING_MARK
            || Character.getType(codePoint) == Character.COMBINING_SPACING_MARK;
    }

    private static boolean isLetterDigitHyphen(String label) {
        return !label.isEmpty() && label.length() <= MAX_LABEL
            && label.charAt(0) != '-' && label.charAt(label.length() - 1) != '-'
            && label.chars().allMatch(DomainName::isLetterDigitHyphen);
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 128);
    }

    private static <T> AddressResult<T> bad(String why) {
        return new Bad<>(Problem.SYNTAX, why);
    }
}
