package org.posthorn.protocols.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DotWriterTest {

    @Test void dotsAreStuffedAndLineEndsMendedHoweverTheTextComesInPieces() throws IOException {
        var random = new Random(12);
        for (var round = 0; round < 30_000; round++) {
            var text = new StringBuilder();
            for (var length = random.nextInt(40); length > 0; length--) {
                text.append("\r\n.\r\n.\r\n.\0abcdefgh".charAt(random.nextInt(round % 2 == 0 ? 18 : 10)));
            }
            var whole = text.toString();
            var mended = whole.replaceAll("\r\n|\r|\n", "\r\n");
            var stuffed = ("\r\n" + mended).replace("\r\n.", "\r\n..").substring(2);
            assertThat(written(whole, random)).as(whole.replace("\r", "R").replace("\n", "N"))
                .isEqualTo(stuffed + (mended.isEmpty() || mended.endsWith("\r\n") ? "" : "\r\n") + ".\r\n");
        }
    }

    @Test void aTextThatNeedsNothingIsNotCutUp() throws IOException {
        var pieces = new ByteArrayOutputStream() {
            private int count;

            @Override public void write(byte[] octets, int offset, int length) {
                count++;
                super.write(octets, offset, length);
            }
        };
        var octets = "Subject: x\r\n\r\nHello\r\nworld\r\n".repeat(50).getBytes(StandardCharsets.US_ASCII);
        new DotWriter(pieces).write(octets, 0, octets.length);
        assertThat(pieces.count).isEqualTo(1);
        assertThat(pieces.toByteArray()).isEqualTo(octets);
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
