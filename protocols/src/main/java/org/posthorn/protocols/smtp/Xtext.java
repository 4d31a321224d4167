package org.posthorn.protocols.smtp;

import java.util.regex.Pattern;

/** xtext: printable ASCII in which {@code +}, {@code =} and all else stand as {@code +HH} (RFC 3461 section 4). */
final class Xtext {

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

    /**
     * What it means, each octet as one character.
     *
     * @param text valid xtext
     */
    static String decoded(String text) {
        var plain = new StringBuilder();
        for (var i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '+') {
                plain.append((char) Integer.parseInt(text, i + 1, i + 3, 16));
                i += 2;
            } else {
                plain.append(text.charAt(i));
            }
        }
        return plain.toString();
    }
}
