package org.posthorn.protocols.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CrlfOutputTest {

    @Test void everyLineEndBecomesCrlfHoweverTheTextComesInPieces() throws IOException {
        var random = new Random(11);
        for (var round = 0; round < 20_000; round++) {
            var text = new StringBuilder();
            for (var length = random.nextInt(40); length > 0; length--) {
                text.append("\r\n\r\n\0abcdefgh.".charAt(random.nextInt(14)));
            }
            assertThat(written(text.toString(), random)).as(text.toString().replace("\r", "R").replace("\n", "N"))
                .isEqualTo(text.toString().replaceAll("\r\n|\r|\n", "\r\n"));
        }
    }

    private static String written(String text, Random random) throws IOException {
        var octets = text.getBytes(StandardCharsets.ISO_8859_1);
        var out = new ByteArrayOutputStream();
        var lines = new CrlfOutput(out);
        for (var at = 0; at < octets.length;) {
            var length = random.nextInt(octets.length - at + 1);
            lines.write(octets, at, length);
            at += length;
        }
        lines.finish();
        return out.toString(StandardCharsets.ISO_8859_1);
    }
}
