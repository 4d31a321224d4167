package org.posthorn.protocols.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnixTextTest {

    /** Every way to cut the text in two must give the same. */
    private static String translated(String written) {
        var octets = written.getBytes(StandardCharsets.ISO_8859_1);
        var whole = translated(octets, octets.length);
        for (var cut = 0; cut < octets.length; cut++) {
            assertEquals(whole, translated(octets, cut), "cut at " + cut);
        }
        return whole;
    }

    private static String translated(byte[] octets, int cut) {
        var out = new ByteArrayOutputStream();
        var text = new UnixText(out::write);
        text.take(octets, 0, cut);
        text.take(octets, cut, octets.length - cut);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private static Optional<TextCheck.Flaw> flaw(String text) {
        var check = new TextCheck(1000);
        var octets = text.getBytes(StandardCharsets.ISO_8859_1);
        check.look(octets, 0, octets.length);
        check.end();
        return check.flaw();
    }

    private static String plain(String visible) {
        return visible.replace("<CR>", "\r").replace("<LF>", "\n");
    }

    @ParameterizedTest
    @CsvSource({
        "a<LF>b<LF><CR><LF>,        a<CR><LF>b<CR><LF><CR><LF>",
        "a<LF>b<CR><LF>,            a<CR><LF>b<CR><LF>",
        "<LF><LF>x<CR><LF>,         <CR><LF><CR><LF>x<CR><LF>",
        "a<LF>..<LF>...x<CR><LF>,   a<CR><LF>.<CR><LF>..x<CR><LF>",
        "a<CR><LF>b<CR><LF>,        a<CR><LF>b<CR><LF>",
        "no line end,               no line end"})
    void everyLineEndBecomesCrlf(String written, String read) {
        assertEquals(plain(read), translated(plain(written)));
        assertThat(flaw(plain(read))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "a<LF>b<CR><LF>c<CR><LF>", "a<CR><LF>b<LF>c<CR><LF>", "a<LF>.<LF>b<CR><LF>", "a<LF>.<CR><LF>",
        "a<LF>.b<CR><LF>", "a<LF>b<CR>c<CR><LF>", "a<CR>b<LF>c<CR><LF>", "a<LF>b<CR><CR><LF>", "a<LF><CR>.<CR><LF>"})
    void whatMixesLineEndsIsRefusedByTheCheck(String written) {
        assertThat(flaw(translated(plain(written)))).isPresent();
    }

    @Test void nothingThatPassesTheCheckHoldsABareLineEnd() {
        var random = new Random(2);
        var octets = new char[] {'\r', '\n', '.', 'x', '\n'};
        for (var round = 0; round < 20_000; round++) {
            var text = new StringBuilder();
            for (var i = random.nextInt(12); i >= 0; i--) {
                text.append(octets[random.nextInt(octets.length)]);
            }
            var read = translated(text + "\r\n");
            if (flaw(read).isEmpty()) {
                assertThat(read.replace("\r\n", "")).doesNotContain("\r", "\n");
            }
        }
    }
}
