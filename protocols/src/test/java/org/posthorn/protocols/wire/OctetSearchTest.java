package org.posthorn.protocols.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class OctetSearchTest {

    private static final byte[] ALPHABET = {'a', 'b', '.', ' ', '\r', '\n', 0, 1, 9, 11, 12, 14, (byte) 0x80,
        (byte) 0x8d, (byte) 0x8a, (byte) 0xff, 'c', 'd', 'e', 'f'};

    @Test void itFindsWhatALoopFinds() {
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++) {
            var octets = new byte[random.nextInt(40)];
            for (var i = 0; i < octets.length; i++) {
                octets[i] = ALPHABET[random.nextInt(random.nextBoolean() ? ALPHABET.length : 4)];
            }
            var end = random.nextInt(octets.length + 1);
            var from = random.nextInt(end + 1);
            assertThat(OctetSearch.next(octets, from, end)).isEqualTo(byLoop(octets, from, end));
        }
    }

    private static int byLoop(byte[] octets, int from, int end) {
        for (var i = from; i < end; i++) {
            if (octets[i] == '\r' || octets[i] == '\n' || octets[i] == 0) {
                return i;
            }
        }
        return end;
    }
}
