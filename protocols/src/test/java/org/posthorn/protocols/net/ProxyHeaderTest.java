package org.posthorn.protocols.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.posthorn.protocols.net.ProxyHeaders.binary;
import static org.posthorn.protocols.net.ProxyHeaders.text;
import static org.posthorn.protocols.net.ProxyHeaders.withChecksum;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The PROXY protocol, versions 1 and 2 (HAProxy, doc/proxy-protocol.txt). */
class ProxyHeaderTest {

    private static final String IPV4 = "c0000201 c6336402 1267 0019";
    private static final String IPV6 = "20010db8000000000000000000000001 20010db8000000000000000000000002 1267 0019";

    @ParameterizedTest @CsvSource(delimiter = '|', value = {
        "PROXY TCP4 192.0.2.1 198.51.100.2 4711 25 | /192.0.2.1:4711 > /198.51.100.2:25",
        "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535 | /255.255.255.255:65535 > /255.255.255.255:65535",
        "PROXY TCP4 0.0.0.0 0.0.0.0 0 0 | /0.0.0.0:0 > /0.0.0.0:0",
        "PROXY TCP6 2001:db8::1 ::1 4711 25 | /[2001:db8:0:0:0:0:0:1]:4711 > /[0:0:0:0:0:0:0:1]:25",
        "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535"
            + " | /[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535 > /[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
        "PROXY TCP6 ::ffff:192.0.2.1 2001:DB8::2 1 2 | /192.0.2.1:1 > /[2001:db8:0:0:0:0:0:2]:2",
        "PROXY UNKNOWN | direct",
        "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535"
            + " | direct",
        "PROXY UNKNOWN what ever | direct"})
    void aLineNamesTheClient(String line, String expected) throws IOException {
        assertThat(shown(text(line + "\r\n"))).isEqualTo(expected);
    }

    @ParameterizedTest @ValueSource(strings = {"", "P", "PROXY", "PROXY\r\n", "PROXY \r\n", "PROXY TCP4\r\n",
        "EHLO client.example\r\n", "proxy TCP4 192.0.2.1 198.51.100.2 4711 25\r\n", "PROXYTCP4\r\n",
        "PROXY  TCP4 192.0.2.1 198.51.100.2 4711 25\r\n", "PROXY TCP4 192.0.2.1 198.51.100.2 4711 25 \r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 4711 25", "PROXY TCP4 192.0.2.1 198.51.100.2 4711 25\r",
        "PROXY TCP4 192.0.2.1 198.51.100.2 4711 25\n", "PROXY TCP4 192.0.2.1 198.51.100.2 4711 25\r\r\n",
        "PROXY TCP4 192.0.2.01 198.51.100.2 4711 25\r\n", "PROXY TCP4 192.0.2.1 198.51.100.2 04711 25\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 4711 65536\r\n", "PROXY TCP4 192.0.2.1 198.51.100.2 -1 25\r\n",
        "PROXY TCP4 192.0.2.256 198.51.100.2 4711 25\r\n", "PROXY TCP4 192.0.2 198.51.100.2 4711 25\r\n",
        "PROXY TCP4 192.0.2.1. 198.51.100.2 4711 25\r\n", "PROXY TCP4 192.0.2.1 ::1 4711 25\r\n",
        "PROXY TCP6 192.0.2.1 ::1 4711 25\r\n", "PROXY TCP6 ::1%eth0 ::1 4711 25\r\n",
        "PROXY TCP6 1::2::3 ::1 1 2\r\n",
        "PROXY TCP6 fffff::1 ::1 1 2\r\n", "PROXY TCP6 : ::1 1 2\r\n", "PROXY TCP6 host ::1 1 2\r\n",
        "PROXY UDP4 192.0.2.1 198.51.100.2 4711 25\r\n", "PROXY UNKNOWNS\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 1\r\n",
        "PROXY TCP4 192.0.2.1\0 198.51.100.2 4711 25\r\n", "PROXY TCP4 \u0661.0.2.1 198.51.100.2 1 2\r\n",
        "\nPROXY TCP4 192.0.2.1 198.51.100.2 4711 25\r\n", "\r\n\r\n\0\r\nQUIT", "\r\n\r\n\0\r\nQUIT\n!"})
    void whatIsNoHeaderIsNone(String octets) throws IOException {
        assertThat(ProxyHeader.read(new ByteArrayInputStream(text(octets))))
            .isInstanceOf(ProxyHeader.Malformed.class);
    }

    @Test void aLineHasAtMost107Octets() throws IOException {
        var longest = "PROXY UNKNOWN " + "x".repeat(91);
        assertThat(shown(text(longest + "\r\n"))).isEqualTo("direct");
        assertThat(shown(text(longest + "x\r\n"))).isEqualTo("the PROXY line is longer than 107 octets");
        var endless = new InputStream() {
            private int count;

            @Override public int read() {
                count++;
                return count > 6 ? 'x' : "PROXY ".charAt(count - 1);
            }
        };
        assertThat(ProxyHeader.read(endless)).isInstanceOf(ProxyHeader.Malformed.class);
        assertThat(endless.count).isLessThanOrEqualTo(107);
    }

    @ParameterizedTest @CsvSource(delimiter = '|', value = {
        "21 | 11 | " + IPV4 + " | /192.0.2.1:4711 > /198.51.100.2:25",
        "21 | 21 | " + IPV6 + " | /[2001:db8:0:0:0:0:0:1]:4711 > /[2001:db8:0:0:0:0:0:2]:25",
        "21 | 21 | 00000000000000000000ffffc0000201 20010db8000000000000000000000002 1267 0019"
            + " | /192.0.2.1:4711 > /[2001:db8:0:0:0:0:0:2]:25",
        "21 | 11 | " + IPV4 + " 04 0002 0000 e0 0000 | /192.0.2.1:4711 > /198.51.100.2:25",
        "21 | 12 | " + IPV4 + " | direct",
        "21 | 22 | " + IPV6 + " | direct",
        "21 | 10 | " + IPV4 + " | direct",
        "21 | 00 | '' | direct",
        "21 | 00 | 010203 | direct",
        "20 | 00 | '' | direct",
        "20 | 11 | " + IPV4 + " | direct",
        "20 | ff | 0102 | direct",
        "21 | 40 | '' | PROXY family 64 is not known",
        "21 | 13 | " + IPV4 + " | PROXY family 19 is not known",
        "22 | 11 | " + IPV4 + " | PROXY command 2 is not known",
        "11 | 11 | " + IPV4 + " | PROXY version 1 is not known",
        "31 | 11 | " + IPV4 + " | PROXY version 3 is not known",
        "a1 | 11 | " + IPV4 + " | PROXY version 10 is not known",
        "21 | 11 | c0000201 c6336402 1267 00 | the PROXY header is too short for its addresses",
        "21 | 21 | " + IPV4 + " | the PROXY header is too short for its addresses",
        "21 | 11 | '' | the PROXY header is too short for its addresses",
        "21 | 11 | " + IPV4 + " 04 | a field of the PROXY header is cut short",
        "21 | 11 | " + IPV4 + " 04 00 | a field of the PROXY header is cut short",
        "21 | 11 | " + IPV4 + " 04 0001 | a field of the PROXY header is cut short",
        "21 | 11 | " + IPV4 + " 04 ffff 00 | a field of the PROXY header is cut short",
        "21 | 11 | " + IPV4 + " 03 0004 01020304 | the checksum of the PROXY header is wrong",
        "21 | 11 | " + IPV4 + " 03 0003 010203 | the checksum of the PROXY header is wrong"})
    void aBinaryHeaderNamesTheClient(String command, String family, String rest, String expected) throws IOException {
        assertThat(shown(binary(command, family, rest))).isEqualTo(expected);
    }

    @Test void aChecksumIsVerified() throws IOException {
        var header = withChecksum(binary("21", "11", IPV4 + " e0 0001 07 03 0004 00000000"));
        assertThat(shown(header)).startsWith("/192.0.2.1");
        for (var i = 16; i < header.length; i++) {
            if (i == header.length - 7) {
                continue;   // the type of the field: then there is no checksum
            }
            var broken = header.clone();
            broken[i] ^= 0x10;
            assertThat(ProxyHeader.read(new ByteArrayInputStream(broken))).as("octet " + i)
                .isInstanceOf(ProxyHeader.Malformed.class);
        }
    }

    @Test void unixAddressesAreNobodys() throws IOException {
        assertThat(shown(binary("21", "31", "2f".repeat(216)))).isEqualTo("direct");
        assertThat(shown(binary("21", "31", "2f".repeat(215)))).startsWith("the PROXY header is too short");
    }

    @Test void theLengthIsBounded() throws IOException {
        assertThat(shown(binary("21", "00", "00".repeat(4096)))).isEqualTo("direct");
        assertThat(shown(binary("21", "00", "00".repeat(4097)))).isEqualTo(
            "a PROXY header of 4097 octets is longer than 4096");
    }

    /** What follows a header belongs to the session, however the network cut it. */
    @ParameterizedTest @ValueSource(booleans = {false, true})
    void everySplitLeavesWhatFollows(boolean binary) throws IOException {
        var header = binary ? withChecksum(binary("21", "21", IPV6 + " 03 0004 00000000"))
            : text("PROXY TCP6 2001:db8::1 2001:db8::2 4711 25\r\n");
        for (var cut = 0; cut <= header.length; cut++) {
            var in = new SequenceInputStream(new ByteArrayInputStream(header, 0, cut), new SequenceInputStream(
                new ByteArrayInputStream(header, cut, header.length - cut), new ByteArrayInputStream(text("EHLO c"))));
            assertThat(ProxyHeader.read(in)).as("cut at " + cut).isInstanceOf(ProxyHeader.Relayed.class);
            assertThat(new String(in.readAllBytes())).isEqualTo("EHLO c");
            assertThat(ProxyHeader.read(new ByteArrayInputStream(header, 0, cut))).isInstanceOf(
                cut == header.length ? ProxyHeader.Relayed.class : ProxyHeader.Malformed.class);
        }
    }

    @Test void noOctetsBreakIt() throws IOException {
        var random = new Random(20141118);
        var headers = new byte[][] {text("PROXY TCP4 192.0.2.1 198.51.100.2 4711 25\r\n"),
            text("PROXY TCP6 2001:db8::1 ::1 4711 25\r\n"), binary("21", "11", IPV4 + " 04 0002 0000"),
            withChecksum(binary("21", "21", IPV6 + " 03 0004 00000000")), binary("20", "00", "")};
        var good = 0;
        for (var i = 0; i < 50_000; i++) {
            var octets = headers[random.nextInt(headers.length)].clone();
            for (var changes = random.nextInt(4); changes > 0; changes--) {
                octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);
            }
            var header = ProxyHeader.read(new ByteArrayInputStream(
                Arrays.copyOf(octets, random.nextInt(8) == 0 ? random.nextInt(octets.length) : octets.length)));
            if (header instanceof ProxyHeader.Relayed(var source, var destination)) {
                good++;
                assertThat(source.isUnresolved() || destination.isUnresolved()).isFalse();
            }
        }
        assertThat(good).isBetween(5_000, 45_000);
    }

    private static String shown(byte[] octets) throws IOException {
        return switch (ProxyHeader.read(new ByteArrayInputStream(octets))) {
            case ProxyHeader.Relayed(var source, var destination) -> source + " > " + destination;
            case ProxyHeader.Direct() -> "direct";
            case ProxyHeader.Malformed(var why) -> why;
        };
    }
}
