package org.posthorn.protocols.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.wire.EnhancedStatus;
import org.posthorn.protocols.wire.LineRuns;
import org.posthorn.protocols.wire.Reply;

/**
 * Reads the replies of a server that may be wrong in any way.
 *
 * <p>A line is {@code 250 text}, {@code 250-text} or {@code 250} alone (RFC 5321 section 4.2.1), ended by CRLF or, from
 * a server that knows no better, LF. Text beyond 2,048 octets of a line is cut off. The last line's code counts. An
 * enhanced status is taken from the first line when its class fits the code (RFC 2034); in the other lines the same
 * status is left out. Everything else is garbage, after which the conversation cannot go on.
 */
final class ReplyReader {

    private static final int LONGEST_KEPT = 2_048;
    private static final int LONGEST_LINE = 65_536;
    private static final int MOST_LINES = 200;
    private static final int USUAL = 128;       // octets of a line

    private ReplyReader() {
    }

    /** What came. */
    sealed interface Heard {

        record Said(Reply reply) implements Heard {
        }

        /** Not a reply; {@code why} says what came instead. */
        record Garbage(String why) implements Heard {
        }
    }

    /**
     * Reads one reply.
     *
     * @throws IOException when the connection ended, failed or took too long
     */
    static Heard read(InputStream in) throws IOException {
        var lines = new ArrayList<String>(1);
        while (lines.size() < MOST_LINES) {
            var read = line(in);
            if (read.isEmpty()) {
                return new Heard.Garbage("a reply line of more than " + LONGEST_LINE + " octets");
            }
            var line = read.get();
            if (!isReplyLine(line)) {
                return new Heard.Garbage("not a reply: '" + (line.length() > 80 ? line.substring(0, 80) : line) + "'");
            }
            lines.add(line.length() > 4 ? line.substring(4) : "");
            if (line.length() == 3 || line.charAt(3) == ' ') {
                return new Heard.Said(reply(code(line), lines.size() == 1 ? List.of(lines.getFirst()) : lines));
            }
        }
        return new Heard.Garbage("a reply of more than " + MOST_LINES + " lines");
    }

    private static boolean isReplyLine(String line) {
        return line.length() >= 3 && line.charAt(0) >= '2' && line.charAt(0) <= '5'
            && isDigit(line.charAt(1)) && isDigit(line.charAt(2))
            && (line.length() == 3 || line.charAt(3) == ' ' || line.charAt(3) == '-');
    }

    private static int code(String line) {
        return line.charAt(0) * 100 + line.charAt(1) * 10 + line.charAt(2) - '0' * 111;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static Reply reply(int code, List<String> lines) {
        var mark = statusOf(code, lines.getFirst());
        if (mark.isEmpty()) {
            return new Reply(code, Optional.empty(), lines);
        }
        if (lines.size() == 1) {
            return new Reply(code, mark, List.of(afterFirstWord(lines.getFirst())));
        }
        var word = firstWord(lines.getFirst());
        var texts = new ArrayList<String>(lines.size());
        for (var line : lines) {
            texts.add(firstWord(line).equals(word) ? afterFirstWord(line) : line);
        }
        return new Reply(code, mark, texts);
    }

    private static Optional<EnhancedStatus> statusOf(int code, String line) {
        if (code / 100 == 3 || line.length() < 5 || line.charAt(0) != '0' + code / 100 || line.charAt(1) != '.') {
            return Optional.empty();
        }
        try {
            return Optional.of(EnhancedStatus.parse(firstWord(line)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();   // text that merely begins like a status
        }
    }

    private static String firstWord(String line) {
        var blank = line.indexOf(' ');
        return blank < 0 ? line : line.substring(0, blank);
    }

    private static String afterFirstWord(String line) {
        var blank = line.indexOf(' ');
        return blank < 0 ? "" : line.substring(blank).stripLeading();
    }

    /** One line without its end, control characters made visible; empty when it is longer than any reply may be. */
    private static Optional<String> line(InputStream in) throws IOException {
        var runs = LineRuns.of(in);
        var kept = new byte[USUAL];
        var length = 0;
        for (var count = 0; count < LONGEST_LINE; count++) {
            var octet = in.read();
            if (octet < 0) {
                throw new IOException(length > 0 ? "connection closed within a reply" : "connection closed");
            }
            if (octet == '\n') {
                return Optional.of(text(kept, length));
            }
            if (length < LONGEST_KEPT) {
                if (length == kept.length) {
                    kept = Arrays.copyOf(kept, LONGEST_KEPT);
                }
                kept[length++] = (byte) octet;
                var more = runs.readRun(kept, length, kept.length - length);
                length += more;
                count += more;
            }
        }
        return Optional.empty();
    }

    private static String text(byte[] octets, int length) {
        var end = length > 0 && octets[length - 1] == '\r' ? length - 1 : length;
        var plain = 0;
        while (plain < end && octets[plain] >= ' ' && octets[plain] < 127) {
            plain++;
        }
        if (plain == end) {
            return new String(octets, 0, end, StandardCharsets.US_ASCII);
        }
        var line = new String(octets, 0, end, StandardCharsets.UTF_8);
        var text = new StringBuilder(line.length());
        for (var i = 0; i < line.length(); i++) {
            var c = line.charAt(i);
            text.append(Character.isISOControl(c) ? c == '\t' ? ' ' : '?' : c);
        }
        return text.toString();
    }
}
