package org.posthorn.mailets.port;

import jakarta.mail.MessagingException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An SMTP reply as people write it in a policy: {@code 550 5.7.1 Relaying denied} (RFC 5321 section 4.2, RFC 3463).
 *
 * @param text code, enhanced status, words; one line of ASCII
 */
public record ReplyText(String text) {

    /** Not now. */
    public static final String TRANSIENT = "4";
    /** Never. */
    public static final String PERMANENT = "5";

    private static final Pattern FORM = Pattern.compile("([45])[0-9]{2} (?:\\1\\.[0-9]{1,3}\\.[0-9]{1,3} )?"
        + "(?![0-9]+\\.[0-9]+\\.[0-9]+(?: |$))[\\x20-\\x7e]*[\\x21-\\x7e]");   // no second status, none out of class
    private static final int LONGEST = 450;   // octets; RFC 5321 section 4.5.3.1.5 allows 512 with CRLF and code

    /**
     * Checks a reply from a policy.
     *
     * @param mailet whose parameter it is, for the complaint
     * @param kinds the first digits that are allowed, such as {@code 45}
     * @throws MessagingException when it is no such reply; the text says what was expected
     */
    public static ReplyText of(String mailet, String written, String kinds) throws MessagingException {
        var line = written.strip().replaceAll("\\s+", " ");
        if (!FORM.matcher(line).matches() || line.length() > LONGEST || kinds.indexOf(line.charAt(0)) < 0) {
            throw new MessagingException(String.format(Locale.ROOT,
                "%s: <reply> must be a reply like '%c50 %c.7.1 Text' in ASCII, of class %s, found '%s'",
                mailet, kinds.charAt(0), kinds.charAt(0), String.join(" or ", kinds.split("")), written));
        }
        return new ReplyText(line);
    }

    @Override public String toString() {
        return text;
    }
}
