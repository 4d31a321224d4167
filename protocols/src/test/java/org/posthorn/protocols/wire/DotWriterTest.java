package org.posthorn.protocols.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DotWriterTest {

    @Test void dotsAfterCrlfAreStuffedHoweverTheTextComesInPieces() throws IOException {
        var random = new Random(12);
        for (var round = 0; round < 20_000; round++) {
            var text = new StringBuilder();
            for (var length = random.nextInt(40); length > 0; length--) {
                text.append("\r\n.\r\n.\r\n.\0abcdefgh".charAt(random.nextInt(18)));
            }
            var whole = text.toString();
            var stuffed = ("\r\n" + whole).replace("\r\n.", "\r\n..").substring(2);
            assertThat(written(whole, random)).as(whole.replace("\r", "R").replace("\n", "N"))
                .isEqualTo(stuffed + (whole.isEmpty() || whole.endsWith("\r\n") ? "" : "\r\n") + ".\r\n");
        }
    }

    private static String written(String text, Random random) throws IOException {
        var octets = text.getBytes(StandardCharsets.ISO_8859_1);
        var out = new ByteArrayOutputStream();
        var dots = new DotWriter(out);
        for (var at = 0; at < octets.length;) {
            var length = random.nextInt(octets.length - at + 1);
            dots.write(octets, at, length);
            at += length;
        }
        dots.finish();
        return out.toString(StandardCharsets.ISO_8859_1);
    }
}
