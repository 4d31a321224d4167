package org.posthorn.server.delivery.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UnixLinesTest {

    @Test void linesEndWithLfWhereverABlockEnds() throws IOException {
        var random = new Random(11);
        for (var round = 0; round < 5_000; round++) {
            var text = new StringBuilder();
            for (var length = random.nextInt(30); length > 0; length--) {
                text.append("ab\r\n\0".charAt(random.nextInt(5)));
            }
            var expected = text.toString().replace("\r\n", "\n");
            assertThat(written(text.toString(), 1 + random.nextInt(40)))
                .as(text.toString().replace("\r", "R").replace("\n", "N")).isEqualTo(expected);
        }
    }

    private static String written(String text, int size) throws IOException {
        var in = new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
        var out = new StringBuilder();
        var lines = new UnixLines(size);
        while (lines.read(in)) {
            out.append(StandardCharsets.ISO_8859_1.decode(lines.text()));
        }
        return out.append(StandardCharsets.ISO_8859_1.decode(lines.rest())).toString();
    }
}
