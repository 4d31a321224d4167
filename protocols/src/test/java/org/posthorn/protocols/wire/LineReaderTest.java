package org.posthorn.protocols.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineReaderTest {

    @Test void onlyCrlfEndsALine() throws IOException {
        assertThat(lines(512, "NOOP\r\nQUIT\r\n")).containsExactly("NOOP", "QUIT", "end");
        assertThat(lines(512, "\r\n")).containsExactly("", "end");
        assertThat(lines(512, "NO\nOP\r\nQUIT\r\n")).containsExactly("bare LF", "QUIT", "end");
        assertThat(lines(512, "NO\rOP\r\nQUIT\r\n")).containsExactly("bare CR", "QUIT", "end");
        assertThat(lines(512, "NOOP\r\r\nQUIT\r\n")).containsExactly("bare CR", "QUIT", "end");
        assertThat(lines(512, "NO\0OP\r\nQUIT\r\n")).containsExactly("NUL", "QUIT", "end");
        assertThat(lines(512, "NOOP\n\r\nQUIT\r\n")).containsExactly("bare LF", "QUIT", "end");
    }

    @Test void aLineMayHaveExactlyTheOctetsAllowed() throws IOException {
        assertThat(lines(6, "1234\r\n")).containsExactly("1234", "end");
        assertThat(lines(6, "12345\r\nNOOP\r\n")).containsExactly("too long", "NOOP", "end");
        assertThat(lines(6, "123456789012345\r\nNOOP\r\n")).containsExactly("too long", "NOOP", "end");
    }

    @Test void whatComesAfterTheLastCrlfIsNoLine() throws IOException {
        assertThat(lines(512, "NOOP\r\nQUIT")).containsExactly("NOOP", "end");
        assertThat(lines(512, "")).containsExactly("end");
        assertThat(lines(512, "NOOP\r")).containsExactly("end");
    }

    @Test void aClientThatEndsLinesWithLfIsToldAtOnce() throws IOException {
        assertThat(lines(512, "NOOP\n", "NOOP\n", "QUIT\r\n", "NOOP\r\n")).containsExactly("bare LF", "NOOP", "end");
    }

    @Test void theOutputIsFlushedOnlyBeforeAWait() throws IOException {
        var flushes = new ArrayList<String>();
        var reader = new LineReader(new Segments("", "A\r\nB\r\nC", "\r\n"), () -> flushes.add("flush"));
        reader.read(512);
        assertThat(flushes).hasSize(1);
        reader.read(512);
        assertThat(flushes).hasSize(1);
        reader.read(512);
        assertThat(flushes).hasSize(2);
    }

    @Test void nothingBehindTheLineIsTaken() throws IOException {
        var in = new Segments("BDAT 3\r\nabc");
        new LineReader(in).read(512);
        assertThat(in.readAllBytes()).asString().isEqualTo("abc");
    }

    @Test void anyOctetsAreReadInStepHoweverTheyAreSplit() throws IOException {
        var random = new Random(5321);
        for (var round = 0; round < 2000; round++) {
            var text = randomText(random, "ab\r\n\0\r\n", 40) + "\r\n";
            var expected = new ArrayList<String>();
            for (var line : text.substring(0, text.length() - 2).split("\r\n", -1)) {
                expected.add(verdict(line, 12));
            }
            expected.add("end");
            var segments = split(random, text);
            // A bare LF at the end of a segment is told at once; it is still one verdict for one line.
            assertThat(lines(12, segments)).as("%s", (Object) segments).hasSameSizeAs(expected);
            assertThat(lines(12, text)).as(text).isEqualTo(expected);
        }
    }

    private static String verdict(String line, int max) {
        if (line.length() + 2 > max) {
            return "too long";
        }
        for (var i = 0; i < line.length(); i++) {
            switch (line.charAt(i)) {
                case '\r' -> {
                    return "bare CR";
                }
                case '\n' -> {
                    return "bare LF";
                }
                case 0 -> {
                    return "NUL";
                }
                default -> { }
            }
        }
        return line;
    }

    static String[] split(Random random, String text) {
        var segments = new ArrayList<String>();
        var start = 0;
        while (start < text.length()) {
            var end = start + 1 + random.nextInt(text.length() - start);
            segments.add(text.substring(start, end));
            start = end;
        }
        return segments.toArray(String[]::new);
    }

    static String randomText(Random random, String alphabet, int max) {
        var text = new StringBuilder();
        for (var length = random.nextInt(max); length > 0; length--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    private static List<String> lines(int max, String... segments) throws IOException {
        var reader = new LineReader(new Segments(segments));
        var lines = new ArrayList<String>();
        while (lines.isEmpty() || !lines.getLast().equals("end")) {
            lines.add(switch (reader.read(max)) {
                case Line.Text text -> text.latin1();
                case Line.TooLong() -> "too long";
                case Line.Malformed(var stray) -> stray.toString();
                case Line.End() -> "end";
            });
        }
        return lines;
    }
}
