package org.posthorn.server.bounce;

import java.nio.charset.StandardCharsets;

/** Text as ASCII lines of at most 76 characters (RFC 2045 section 6.7). */
final class QuotedPrintable {

    private static final int LONGEST_LINE = 75;   // and an equals sign

    private QuotedPrintable() {
    }

    /**
     * Encodes text.
     *
     * @param text its lines end with LF
     * @return UTF-8 octets in quoted-printable, lines ended by CRLF
     */
    static String encode(String text) {
        var encoded = new StringBuilder(text.length() + 64);
        text.lines().forEach(line -> {
            var column = 0;
            var octets = line.getBytes(StandardCharsets.UTF_8);
            for (var i = 0; i < octets.length; i++) {
                var last = i == octets.length - 1;
                var piece = piece(octets[i], last);
                if (column + piece.length() > LONGEST_LINE) {
                    encoded.append("=\r\n");
                    column = 0;
                }
                encoded.append(piece);
                column += piece.length();
            }
            encoded.append("\r\n");
        });
        return encoded.toString();
    }

    private static String piece(byte octet, boolean endOfLine) {
        var plain = octet >= '!' && octet <= '~' && octet != '=' || octet == ' ' && !endOfLine;
        return plain ? String.valueOf((char) octet) : String.format("=%02X", octet & 0xff);
    }
}
