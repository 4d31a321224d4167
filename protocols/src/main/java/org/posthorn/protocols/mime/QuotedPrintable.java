package org.posthorn.protocols.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Quoted-printable (RFC 2045 section 6.7): lines of 76 characters at most, no blank at a line's end. */
public final class QuotedPrintable implements Encoded.Encoder {

    private static final int LONGEST_LINE = 75;     // and an equals sign
    private static final byte[] SOFT_END = {'=', '\r', '\n'};
    private static final String HEX = "0123456789ABCDEF";

    private final ByteArrayOutputStream out;
    private int column;
    /** A blank whose line may end behind it; 0 for none. */
    private int blank;

    QuotedPrintable(ByteArrayOutputStream out) {
        this.out = out;
    }

    /**
     * Text in UTF-8, encoded.
     *
     * @param text its lines end with LF
     * @return ASCII, lines ended by CRLF, the last one too
     */
    public static String of(String text) {
        var out = new ByteArrayOutputStream(text.length() + 64);
        var encoder = new QuotedPrintable(out);
        text.lines().forEach(line -> {
            var octets = line.getBytes(StandardCharsets.UTF_8);
            encoder.octets(octets, 0, octets.length);
            encoder.lineEnd();
        });
        return out.toString(StandardCharsets.US_ASCII);
    }

    @Override public void octets(byte[] octets, int from, int end) {
        for (var i = from; i < end; i++) {
            literally();
            var octet = octets[i] & 0xff;
            if (octet == ' ' || octet == '\t') {
                blank = octet;
            } else if (octet > ' ' && octet < 127 && octet != '=') {
                room(1);
                out.write(octet);
            } else {
                asNumber(octet);
            }
        }
    }

    private void literally() {
        if (blank != 0) {
            room(1);
            out.write(blank);
            blank = 0;
        }
    }

    private void asNumber(int octet) {
        room(3);
        out.write('=');
        out.write(HEX.charAt(octet >> 4));
        out.write(HEX.charAt(octet & 15));
    }

    private void room(int characters) {
        if (column + characters > LONGEST_LINE) {
            out.writeBytes(SOFT_END);
            column = 0;
        }
        column += characters;
    }

    @Override public void lineEnd() {
        finish();
        out.write('\r');
        out.write('\n');
        column = 0;
    }

    @Override public void finish() {
        if (blank != 0) {
            asNumber(blank);
            blank = 0;
        }
    }
}
