package org.posthorn.protocols.smtp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * How DSN parameters write what is not printable ASCII. xtext: printable ASCII in which {@code +}, {@code =} and all
 * else stand as {@code +HH} (RFC 3461 section 4). For addresses beyond ASCII also RFC 6533 section 3.
 */
public final class Xtext {

    private static final Pattern XTEXT = Pattern.compile("(?:[!-*,-<>-~]|\\+[0-9A-F]{2})*");
    private static final Pattern UNPRINTABLE = Pattern.compile(".*\\+(?:[01][0-9A-F]|7F|[89A-F][0-9A-F]).*");
    /** utf-8-addr-xtext and utf-8-addr-unitext (RFC 6533 section 3). */
    private static final Pattern UTF8_ADDRESS = Pattern.compile(
        "(?:[!-*,-<>-\\[\\]-~[^\\x00-\\x9f]]|\\\\x\\{[0-9A-F]{2,6}\\})+");

    private Xtext() {
    }

    static boolean isValid(String text) {
        return XTEXT.matcher(text).matches();
    }

    /** Whether it is xtext that decodes to printable ASCII. */
    static boolean isPrintable(String text) {
        return isValid(text) && !UNPRINTABLE.matcher(text).matches();
    }

    static boolean isUtf8Address(String text) {
        return UTF8_ADDRESS.matcher(text).matches();
    }

    /** Undoes it, as UTF-8: {@code +2B} is a plus. What is no xtext stays as it is. */
    public static String decoded(String text) {
        var octets = new ByteArrayOutputStream(text.length());
        for (var i = 0; i < text.length(); i++) {
            var c = text.codePointAt(i);
            if (c == '+' && i + 2 < text.length() && HexFormat.isHexDigit(text.charAt(i + 1))
                && HexFormat.isHexDigit(text.charAt(i + 2))) {
                octets.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
                i += 2;
            } else {
                octets.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
                i += Character.charCount(c) - 1;
            }
        }
        return octets.toString(StandardCharsets.UTF_8);
    }

    /** Text in ASCII, other characters as {@code \x{6C34}} (RFC 6533 section 3, utf-8-addr-unitext). */
    public static String unitext(String text) {
        var ascii = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c > ' ' && c < 127 && c != '\\') {
                ascii.append((char) c);
            } else {
                ascii.append(String.format("\\x{%02X}", c));
            }
        });
        return ascii.toString();
    }
}
