package org.posthorn.protocols.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.wire.DotReader;

class SocketInputTest {

    @Test void aRunEndsBeforeALineEnd() throws IOException {
        var in = input("abc\rde\nf", 100);
        var octets = new byte[10];
        assertThat(in.readRun(octets, 0, 10)).as("nothing is buffered yet").isZero();
        assertThat(in.read()).isEqualTo('a');
        assertThat(in.readRun(octets, 0, 10)).isEqualTo(2);
        assertThat(in.readRun(octets, 2, 10)).isZero();
        assertThat(in.read()).isEqualTo('\r');
        assertThat(in.readRun(octets, 2, 1)).isEqualTo(1);
        assertThat(in.readRun(octets, 3, 7)).isEqualTo(1);
        assertThat(octets).startsWith('b', 'c', 'd', 'e');
        assertThat(in.readAllBytes()).asString().isEqualTo("\nf");
    }

    @Test void textReadInRunsIsTextReadByOctets() throws IOException {
        var random = new Random(4520);
        for (var round = 0; round < 3000; round++) {
            var text = new StringBuilder();
            for (var length = random.nextInt(60); length > 0; length--) {
                text.append("aab..\r\n\r\n\0".charAt(random.nextInt(10)));
            }
            text.append("\r\n.\r\n");
            var byRuns = input(text.toString(), 1 + random.nextInt(20));
            var byOctets = input(text.toString(), 1 + random.nextInt(20));
            assertThat(inRuns(byRuns, 1 + random.nextInt(9))).as(text.toString()).isEqualTo(inOctets(byOctets));
            assertThat(byRuns.readAllBytes()).isEqualTo(byOctets.readAllBytes());
        }
    }

    private static byte[] inRuns(SocketInput in, int size) throws IOException {
        var text = new ByteArrayOutputStream();
        var reader = new DotReader(in);
        var block = new byte[size];
        for (var count = reader.read(block); count >= 0; count = reader.read(block)) {
            text.write(block, 0, count);
        }
        return text.toByteArray();
    }

    private static byte[] inOctets(SocketInput in) throws IOException {
        var text = new ByteArrayOutputStream();
        var reader = new DotReader(in);
        for (var octet = reader.read(); octet >= 0; octet = reader.read()) {
            text.write(octet);
        }
        return text.toByteArray();
    }

    /** A socket that gives at most so many octets at a time. */
    private static SocketInput input(String text, int most) {
        var socket = new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
        return new SocketInput(new SocketInput.Source() {
            @Override public int read(byte[] octets, int offset, int length) {
                return socket.read(octets, offset, Math.min(length, most));
            }

            @Override public int available() {
                return 0;
            }
        });
    }
}
