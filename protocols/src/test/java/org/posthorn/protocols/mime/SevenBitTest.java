package org.posthorn.protocols.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.wire.Content;

class SevenBitTest {

    private static Content content(byte[] octets) {
        return new Content() {
            @Override public long octets() {
                return octets.length;
            }

            @Override public InputStream open() {
                return new ByteArrayInputStream(octets);
            }
        };
    }

    private static Content lines(String text) {
        return content(text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    private static String converted(Content message, boolean binary) throws IOException {
        var found = SevenBit.of(message, binary);
        assertThat(found).isInstanceOf(SevenBit.Found.Convertible.class);
        var converted = ((SevenBit.Found.Convertible) found).converted();
        try (var in = converted.open()) {
            var octets = in.readAllBytes();
            assertThat(converted.octets()).isEqualTo(octets.length);
            return new String(octets, StandardCharsets.ISO_8859_1);
        }
    }

    private static void assertConverted(String from, String to) throws IOException {
        assertThat(converted(lines(from), false)).isEqualTo(to.replace("\n", "\r\n"));
    }

    private static String stuck(String message) throws IOException {
        var found = SevenBit.of(lines(message), false);
        assertThat(found).isInstanceOf(SevenBit.Found.Stuck.class);
        return ((SevenBit.Found.Stuck) found).why();
    }

    @Test void textBecomesQuotedPrintableAndSaysSo() throws IOException {
        assertConverted("""
            From: a@b
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 8bit
            Subject: x

            Gr\u00fc\u00dfe, 1=1, and a long line that goes beyond seventy-six characters by far, as it should
            a blank at the end\s

            .""", """
            From: a@b
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Subject: x
            Content-Transfer-Encoding: quoted-printable

            Gr=C3=BC=C3=9Fe, 1=3D1, and a long line that goes beyond seventy-six charac=
            ters by far, as it should
            a blank at the end=20

            .""");
    }

    @Test void whatIsMostlyNotAsciiBecomesBase64() throws IOException {
        var body = "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440. ".repeat(9) + "\n";
        var message = converted(lines("MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n" + body), false);
        var end = message.indexOf("\r\n\r\n") + 4;
        assertThat(message).contains("Content-Transfer-Encoding: base64\r\n").endsWith("\r\n");
        assertThat(message.substring(end).lines()).allMatch(line -> line.length() <= 76);
        assertThat(new String(Base64.getMimeDecoder().decode(message.substring(end)), StandardCharsets.UTF_8))
            .isEqualTo(body.replace("\n", "\r\n"));
    }

    @Test void onlyThePartsThatNeedItAreEncoded() throws IOException {
        assertConverted("""
            MIME-Version: 1.0
            Content-Type: multipart/mixed;
             boundary="a b"
            Content-Transfer-Encoding: 8bit

            Pr\u00e9ambule
            --a b
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding:
             8BIT (of course)

            Gr\u00fc\u00dfe von hier und auch von dort

            --a b \s
            Content-Type: text/html
            Content-Transfer-Encoding: quoted-printable

            Gr=C3=BC
            --a bc
            --a b
            Content-Type: application/octet-stream
            Content-Transfer-Encoding: 8bit

            \u00fc
            --a b--
            epilogue
            """, """
            MIME-Version: 1.0
            Content-Type: multipart/mixed;
             boundary="a b"
            Content-Transfer-Encoding: 7bit

            Pr??ambule
            --a b
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            Gr=C3=BC=C3=9Fe von hier und auch von dort

            --a b \s
            Content-Type: text/html
            Content-Transfer-Encoding: quoted-printable

            Gr=C3=BC
            --a bc
            --a b
            Content-Type: application/octet-stream
            Content-Transfer-Encoding: base64

            w7w=
            --a b--
            epilogue
            """);
    }

    @Test void aPartOfAsciiInOneThatIsNotSaysSo() throws IOException {
        var inner = """
            Content-Type: multipart/mixed; boundary=out
            MIME-Version: 1.0

            --out
            Content-Type: multipart/alternative; boundary=in
            Content-Transfer-Encoding: %s

            --in

            plain
            --in--
            after
            --out

            %s
            --out--
            """;
        assertThat(converted(lines(inner.formatted("8bit", "\u00fc")), false)).isEqualTo(inner.formatted("7bit",
            "w7w=").replace("--out\n\nw", "--out\nContent-Type: text/plain; charset=unknown-8bit\n"
            + "Content-Transfer-Encoding: base64\n\nw").replace("\n", "\r\n"));
    }

    @Test void aMessageInAMessageIsConvertedInside() throws IOException {
        assertConverted("""
            MIME-Version: 1.0
            Content-Type: multipart/digest; boundary=x

            --x

            Subject: one
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 8bit

            \u00fcb
            --x
            Content-Type: message/rfc822
            Content-Transfer-Encoding: 8bit

            Subject: two

            \u00fcber alle
            --x--
            """, """
            MIME-Version: 1.0
            Content-Type: multipart/digest; boundary=x

            --x

            Subject: one
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: base64

            w7xi
            --x
            Content-Type: message/rfc822
            Content-Transfer-Encoding: 7bit

            Subject: two
            MIME-Version: 1.0
            Content-Type: text/plain; charset=unknown-8bit
            Content-Transfer-Encoding: base64

            w7xiZXIgYWxsZQ==
            --x--
            """);
    }

    /** RFC 1428 section 3. */
    @Test void whatIsNotMimeBecomesIt() throws IOException {
        assertConverted("Subject: x\n\nHello there, J\u00fcrgen\n", "Subject: x\nMIME-Version: 1.0\n"
            + "Content-Type: text/plain; charset=unknown-8bit\nContent-Transfer-Encoding: quoted-printable\n\n"
            + "Hello there, J=C3=BCrgen\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Subject: x", "Subject: x\n\nHello\n", "\nno header\n",
        "Content-Type: multipart/mixed; boundary=x\nContent-Transfer-Encoding: 8bit\n\n--x\n\nplain\n--x--\n",
        "Subject: \u00fc in the header alone\n\nHello\n",
        "MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: 8bit\n\nplain all the same\n"})
    void aMessageThatIsAsciiStaysAsItIs(String message) throws IOException {
        assertThat(SevenBit.of(lines(message), false)).isInstanceOf(SevenBit.Found.Plain.class);
    }

    @Test void whatIsSignedIsNotTouched() throws IOException {
        var signed = """
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=out

            --out
            Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary="sig"

            --sig
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 8bit

            %s
            --sig
            Content-Type: application/pgp-signature

            xxx
            --sig--

            --out
            Content-Type: text/plain; charset=utf-8

            Gr\u00fc\u00dfe von hier und auch von dort
            --out--
            """;
        assertThat(stuck(signed.formatted("\u00fc"))).contains("signed");
        assertThat(converted(lines(signed.formatted("u")), false)).contains("Content-Transfer-Encoding: 8bit\r\n\r\nu",
            "Gr=C3=BC=C3=9Fe");
    }

    @Test void whatIsNotWhatItSaysIsNotGuessed() throws IOException {
        assertThat(stuck("Content-Transfer-Encoding: base64\n\n\u00fc\n")).contains("'base64'");
        assertThat(stuck("Content-Transfer-Encoding: x-uu\u00fcencode\n\n\u00fc\n")).isASCII();
        assertThat(stuck("Content-Type: multipart/mixed\n\n--x\n\n\u00fc\n--x--\n")).contains("multipart/mixed");
        assertThat(stuck("Content-Type: multipart/mixed; boundary=x\n\n\u00fc\n--y--\n")).contains("without parts");
        assertThat(stuck("Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/mixed; boundary=y"
            + "\n\n\u00fc\n--x--\n")).contains("without parts");
        assertThat(stuck("Content-Type: message/partial; id=x\n\n\u00fc\n")).contains("message/partial");
        assertThat(stuck("Content-Type: multipart/mixed; boundary=x\n\n" + "--x\n\n\n".repeat(10_001) + "\u00fc\n"))
            .contains("more than 10000 parts");
    }

    @Test void aLongBoundaryNeedsNoDeepStack() throws Exception {
        for (var boundary : List.of("b".repeat(3_000), "b\n ".repeat(2_500), "\\\\".repeat(1_500))) {
            var message = "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\n\n--x\n\n\u00fc\n";
            var asked = new FutureTask<>(() -> stuck(message));
            Thread.ofVirtual().name("conversion").start(asked);
            assertThat(asked.get()).contains("multipart/mixed");
        }
        var longer = "b".repeat(200);
        assertThat(converted(lines("Content-Type: multipart/mixed;\n boundary=\"" + longer + "\"\n\n--" + longer
            + "\n\nGr\u00fc\u00dfe von hier\n--" + longer + "--\n"), false)).contains("R3LDvMOfZSB2b24gaGllcg==");
    }

    @Test void ofAFieldThatComesTwiceTheFirstCounts() throws IOException {
        assertThat(converted(lines("MIME-Version: 1.0\nContent-Type: text/html\nContent-Transfer-Encoding: 8bit\n"
            + "Content-Transfer-Encoding: 8bit\nContent-Type: multipart/mixed;\n boundary=x\n\nHello, J\u00fcrgen\n"),
            false)).contains("Content-Transfer-Encoding: quoted-printable\r\n\r\nHello, J=C3=BCrgen\r\n");
    }

    @Test void whatStandsBetweenPartsIsSignedBelowASignature() throws IOException {
        var signed = """
            Content-Type: multipart/signed; boundary=sig

            %s
            --sig
            Content-Type: multipart/mixed; boundary=in

            %s
            --in

            plain
            --in--
            %s
            --sig
            Content-Type: application/pgp-signature

            xxx
            --sig--
            %s
            """;
        assertThat(stuck(signed.formatted("", "pr\u00e9ambule", "", ""))).contains("signed");
        assertThat(stuck(signed.formatted("", "", "\u00e9pilogue", ""))).contains("signed");
        assertThat(converted(lines(signed.formatted("pr\u00e9ambule", "", "", "\u00e9pilogue")), false))
            .contains("pr??ambule", "??pilogue");
    }

    @Test void textWhereFieldsShouldBeIsNotGuessed() throws IOException {
        var message = "Content-Type: multipart/mixed; boundary=x\n\n--x\n%s\n\nplain\n--x--\n";
        assertThat(stuck(message.formatted("Gr\u00fcezi mitenand"))).contains("fields");
        assertThat(stuck(message.formatted("Hello\nfor you: Gr\u00fcezi"))).contains("fields");
        assertThat(SevenBit.of(lines(message.formatted("Hello")), false)).isInstanceOf(SevenBit.Found.Plain.class);
        assertThat(SevenBit.of(lines(message.formatted("Subject: \u00fc")), false))
            .isInstanceOf(SevenBit.Found.Plain.class);
    }

    @Test void binaryIsEncodedWithEveryOctet() throws IOException {
        var body = new byte[100_000];
        new Random(7).nextBytes(body);
        var head = "MIME-Version: 1.0\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
        var message = new byte[head.length + body.length];
        System.arraycopy(head, 0, message, 0, head.length);
        System.arraycopy(body, 0, message, head.length, body.length);
        var sent = converted(content(message), true);
        assertThat(sent).isASCII().contains("Content-Transfer-Encoding: base64\r\n");
        assertThat(Base64.getMimeDecoder().decode(sent.substring(sent.indexOf("\r\n\r\n") + 4))).isEqualTo(body);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\0b", "a\nb", "a\rb", "long"})
    void inBinaryWhatDataCannotCarryIsEncodedToo(String text) throws IOException {
        var body = text.equals("long") ? "x".repeat(999) : text;
        var message = content(("Content-Type: text/plain\r\n\r\n" + body + "\r\n").getBytes(StandardCharsets.US_ASCII));
        assertThat(SevenBit.of(message, false)).isInstanceOf(SevenBit.Found.Plain.class);
        assertThat(converted(message, true).lines()).allMatch(line -> line.length() <= 76
            && line.chars().allMatch(c -> c >= ' '));
    }

    /** Whatever comes out is ASCII in lines that may be sent, and as long as it said. */
    @Test void noMessageMakesItStumble() throws IOException {
        var pieces = new String[] {"Content-Type: multipart/mixed; boundary=x\r\n", "Content-Type: text/plain\r\n",
            "Content-Type: message/rfc822\r\n", "Content-Transfer-Encoding: 8bit\r\n", "\r\n", "--x\r\n", "--x--\r\n",
            "\u00e4\u00f6\u00fc\r\n", "plain\r\n", "\r", "\n", " folded\r\n", "--x", "Subject: y\r\n",
            "\u00fc".repeat(3_000), "Content-Type: multipart/digest; boundary=\"x\"\r\n"};
        var random = new Random(20_261_122);
        for (var round = 0; round < 20_000; round++) {
            var text = new StringBuilder();
            for (var i = random.nextInt(14); i > 0; i--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            var message = content(text.toString().getBytes(StandardCharsets.ISO_8859_1));
            if (SevenBit.of(message, random.nextBoolean()) instanceof SevenBit.Found.Convertible(var converted)) {
                try (var in = converted.open()) {
                    assertThat(in.readAllBytes()).as(text.toString()).hasSize((int) converted.octets());
                }
            }
        }
    }
}
