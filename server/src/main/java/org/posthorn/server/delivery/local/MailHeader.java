package org.posthorn.server.delivery.local;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.wire.Content;

/** Looks into the header of a message. */
final class MailHeader {

    private static final long LONGEST = 1 << 20;     // octets; a header that is longer is not looked at beyond
    private static final int LONGEST_LINE = 4_096;
    private static final String FIELD = "delivered-to:";

    private MailHeader() {
    }

    /** The values of all Delivered-To fields, unfolded. */
    static List<String> deliveredTo(Content content) throws IOException {
        var values = new ArrayList<String>();
        var inField = false;
        try (var in = new BufferedInputStream(content.open(), 8_192)) {
            var octets = 0L;
            for (var line = line(in); line.filter(l -> !l.isEmpty()).isPresent() && octets < LONGEST; line = line(in)) {
                var text = line.get();
                octets += text.length() + 2;
                if (text.startsWith(" ") || text.startsWith("\t")) {
                    if (inField) {
                        values.add(values.removeLast() + text);
                    }
                } else {
                    inField = text.regionMatches(true, 0, FIELD, 0, FIELD.length());
                    if (inField) {
                        values.add(text.substring(FIELD.length()));
                    }
                }
            }
        }
        return stripped(values);
    }

    /**
     * The same of a text whose lines end with LF. Only the fields that are looked for become strings.
     *
     * @param text in an array
     */
    static List<String> deliveredTo(ByteBuffer text) {
        List<String> values = List.of();   // nearly always: no list is made for it
        var octets = text.array();
        var start = text.arrayOffset() + text.position();
        var end = text.arrayOffset() + text.limit();
        var inField = false;
        for (int next; start < end; start = next) {
            var lineEnd = start;
            while (lineEnd < end && octets[lineEnd] != '\n') {
                lineEnd++;
            }
            next = lineEnd + 1;
            if (isEmpty(octets, start, lineEnd)) {
                break;
            }
            if (octets[start] == ' ' || octets[start] == '\t') {
                if (inField) {
                    values.add(values.removeLast() + text(octets, start, lineEnd));
                }
            } else {
                inField = (octets[start] | 0x20) == 'd'
                    && text(octets, start, lineEnd).regionMatches(true, 0, FIELD, 0, FIELD.length());
                if (inField) {
                    values = values.isEmpty() ? new ArrayList<>() : values;
                    values.add(text(octets, start, lineEnd).substring(FIELD.length()));
                }
            }
        }
        return stripped(values);
    }

    private static List<String> stripped(List<String> values) {
        return values.isEmpty() ? List.of() : values.stream().map(String::strip).toList();
    }

    private static boolean isEmpty(byte[] octets, int from, int to) {
        var at = from;
        while (at < to && octets[at] == '\r') {
            at++;
        }
        return at == to;
    }

    private static String text(byte[] octets, int from, int to) {
        return new String(octets, from, Math.min(to - from, LONGEST_LINE), StandardCharsets.UTF_8).replace("\r", "");
    }

    private static Optional<String> line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream(80);
        for (var octet = in.read(); octet >= 0; octet = in.read()) {
            if (octet == '\n') {
                return Optional.of(line.toString(StandardCharsets.UTF_8));
            }
            if (octet != '\r' && line.size() < LONGEST_LINE) {
                line.write(octet);
            }
        }
        return line.size() > 0 ? Optional.of(line.toString(StandardCharsets.UTF_8)) : Optional.empty();
    }
}
