package org.posthorn.protocols.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.wire.TextCheck.Flaw;

class TextCheckTest {

    private static final Pattern GOOD = Pattern.compile("(?:[^\r\n\0]|\r\n)*");

    @Test void theFirstStrayOctetIsNamed() {
        assertThat(flaw(1000, "a\r\nb\r\n")).isEmpty();
        assertThat(flaw(1000, "a\nb\rc")).contains(new Flaw.StrayOctet(Stray.BARE_LF));
        assertThat(flaw(1000, "a\rb\nc")).contains(new Flaw.StrayOctet(Stray.BARE_CR));
        assertThat(flaw(1000, "a\0b")).contains(new Flaw.StrayOctet(Stray.NUL));
        assertThat(flaw(1000, "a\r")).contains(new Flaw.StrayOctet(Stray.BARE_CR));
    }

    @Test void aLineMayHaveExactlyTheOctetsAllowed() {
        assertThat(flaw(6, "1234\r\n1234\r\n")).isEmpty();
        assertThat(flaw(6, "1234\r\n12345\r\n")).contains(new Flaw.LongLine(6));
    }

    @Test void theVerdictDoesNotDependOnThePieces() {
        var random = new Random(238);
        for (var round = 0; round < 3000; round++) {
            var text = LineReaderTest.randomText(random, "ab\r\n\0\r\n\r\n\r\n", 12);
            assertThat(flaw(1000, LineReaderTest.split(random, text)).isEmpty()).as(text)
                .isEqualTo(GOOD.matcher(text).matches());
        }
    }

    private static Optional<Flaw> flaw(int maxLine, String... pieces) {
        var check = new TextCheck(maxLine);
        for (var piece : pieces) {
            var octets = piece.getBytes(StandardCharsets.ISO_8859_1);
            check.look(octets, 0, octets.length);
        }
        check.end();
        return check.flaw();
    }
}
