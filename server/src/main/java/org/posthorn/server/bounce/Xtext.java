package org.posthorn.server.bounce;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The encodings of addresses in DSN parameters and fields. */
final class Xtext {

    private Xtext() {
    }

    /** Undoes xtext (RFC 3461 section 4): {@code +2B} is a plus. What is no xtext stays as it is. */
    static String decode(String xtext) {
        var octets = new ByteArrayOutputStream(xtext.length());
        for (var i = 0; i < xtext.length(); i++) {
            var c = xtext.charAt(i);
            var hex = c == '+' && i + 2 < xtext.length() ? hex(xtext.substring(i + 1, i + 3)) : -1;
            if (hex >= 0) {
                octets.write(hex);
                i += 2;
            } else {
                octets.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        return octets.toString(StandardCharsets.UTF_8);
    }

    private static int hex(String digits) {
        var high = Character.digit(digits.charAt(0), 16);
        var low = Character.digit(digits.charAt(1), 16);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }

    /** Text in ASCII, other characters as {@code \x{6C34}} (RFC 6533 section 3, utf-8-addr-unitext). */
    static String unitext(String text) {
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
