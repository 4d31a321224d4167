package org.posthorn.protocols.mime;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the header of a part says of it (RFC 2045).
 *
 * @param number of the parts, as they begin; 0 is the message itself
 * @param isMessage whether it is a message's header, and not a body part's
 * @param isSigned whether it stands below multipart/signed
 * @param type such as {@code text/plain}, in lower case; what holds without Content-Type where there is none
 * @param boundary between its parts; empty where there are none
 * @param encoding Content-Transfer-Encoding in lower case; empty where there is none
 * @param present the names of those fields that are there, in lower case
 */
record Part(int number, boolean isMessage, boolean isSigned, String type, String boundary, String encoding,
            Set<String> present) {

    static final String ENCODING = "content-transfer-encoding";
    static final String TYPE = "content-type";
    static final String VERSION = "mime-version";

    private static final Pattern TYPE_NAME = Pattern.compile("[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+");
    /** Possessive: a loop that could give back would go down the stack by each octet that strangers send. */
    private static final Pattern BOUNDARY = Pattern.compile(
        ";\\s*boundary\\s*=\\s*(?:\"((?:[^\"\\\\]++|\\\\.)*+)\"|([^\\s;\"]++))", Pattern.CASE_INSENSITIVE);
    /** With its hyphens it must fit on a line; RFC 2046 section 5.1.1 has 70, and not everybody keeps to that. */
    private static final int LONGEST_BOUNDARY = 994;
    private static final Pattern COMMENT = Pattern.compile("\\([^()]*\\)");

    /** Whether it is not encoded: nothing else is allowed for what holds parts (RFC 2045 section 6.4). */
    boolean isIdentity() {
        return encoding.isEmpty() || encoding.equals("7bit") || saysMore();
    }

    /** Whether it says that it may hold more than seven bits. */
    boolean saysMore() {
        return encoding.equals("8bit") || encoding.equals("binary");
    }

    /** Whether parts stand in it, between boundaries. */
    boolean isMultipart() {
        return isIdentity() && type.startsWith("multipart/") && !boundary.isEmpty();
    }

    /** Whether a message stands in it. */
    boolean holdsMessage() {
        return isIdentity() && type.equals("message/rfc822");
    }

    /** Whether the standard leaves no way to encode it. */
    boolean isNeverEncoded() {
        return type.startsWith("multipart/") || type.equals("message/partial") || type.equals("message/external-body")
            || type.equals("message/rfc822");
    }

    /** Whether people may read it: then as much of it as can be stays legible. */
    boolean isText() {
        return type.startsWith("text/") || type.startsWith("message/") && !type.startsWith("message/global");
    }

    /** {@code text/plain} of a field's value; {@code usual} where it is none. */
    static String type(String value, String usual) {
        var semicolon = value.indexOf(';');
        var name = COMMENT.matcher(semicolon < 0 ? value : value.substring(0, semicolon)).replaceAll(" ").strip()
            .toLowerCase(Locale.ROOT);
        return value.isEmpty() ? usual : TYPE_NAME.matcher(name).matches() ? name : "text/plain";
    }

    /** The boundary of a field's value; empty where it has none that can stand on a line. */
    static String boundary(String value) {
        var found = BOUNDARY.matcher(value);
        if (!found.find()) {
            return "";
        }
        var boundary = (found.group(1) == null ? found.group(2) : found.group(1).replaceAll("\\\\(.)", "$1"))
            .stripTrailing();
        return boundary.length() > LONGEST_BOUNDARY ? "" : boundary;
    }

    /** The encoding of a field's value. */
    static String encoding(String value) {
        return COMMENT.matcher(value).replaceAll(" ").strip().toLowerCase(Locale.ROOT);
    }
}
