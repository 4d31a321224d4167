package org.posthorn.protocols.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DotReaderTest {

    private static final List<String> LINE_ENDS = List.of("\r\n", "\n", "\r", "\r\r\n", "\n\r", "\0", "\r\0\n");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        .CN                | (nothing)
        aCN.CN             | aCN
        aCN..CN.CN         | aCN.CN
        ..CN.CN            | .CN
        .aCN.CN            | aCN
        aCNCN.CN           | aCNCN
        aN.NbCN.CN         | aN.NbCN
        aN.CNbCN.CN        | aN.CNbCN
        aC.CNbCN.CN        | aC.CNbCN
        aC.CbCN.CN         | aC.CbCN
        aCN.NbCN.CN        | aCNNbCN
        aCN.CbCN.CN        | aCNCbCN
        aCN.CCNbCN.CN      | aCNCCNbCN
        aCNC.CNCN.CN       | aCNC.CNCN
        """)
    void onlyCrlfDotCrlfEndsTheText(String sent, String text) throws IOException {
        var in = new Segments(octets(sent) + "NEXT\r\n");
        assertThat(read(in)).isEqualTo(text.equals("(nothing)") ? "" : octets(text));
        assertThat(in.readAllBytes()).asString().isEqualTo("NEXT\r\n");
    }

    @Test void noOtherLineEndsMakeAnEnd() throws IOException {
        for (var before : LINE_ENDS) {
            for (var after : LINE_ENDS) {
                var smuggled = "a" + before + "." + after + "MAIL FROM:<b@b.example>\r\n.\r\n";
                var ends = smuggled.contains("\r\n.\r\n") ? smuggled.indexOf("\r\n.\r\n") + 5 : -1;
                var in = new Segments(smuggled);
                read(in);
                assertThat(smuggled.length() - in.available()).as(smuggled).isEqualTo(ends);
            }
        }
    }

    @Test void theEndIsFoundWhereverTheNetworkSplitsIt() throws IOException {
        var sent = "a\r\n..b\r\n.\r\nNEXT";
        for (var first = 0; first <= sent.length(); first++) {
            for (var second = first; second <= sent.length(); second++) {
                var in = new Segments(sent.substring(0, first), sent.substring(first, second), sent.substring(second));
                assertThat(read(in)).isEqualTo("a\r\n.b\r\n");
                assertThat(in.readAllBytes()).asString().isEqualTo("NEXT");
            }
        }
    }

    @Test void anyTextIsReadAsTheRuleSays() throws IOException {
        var random = new Random(452);
        for (var round = 0; round < 5000; round++) {
            var text = LineReaderTest.randomText(random, "a..\r\n\0\r\n", 40);
            var sent = text + "\r\n.\r\nREST";
            var end = ("\r\n" + sent).indexOf("\r\n.\r\n");
            var expected = ("\r\n" + sent).substring(0, end + 2).replace("\r\n.", "\r\n").substring(2);
            var in = new Segments(LineReaderTest.split(random, sent));
            assertThat(read(in)).as(sent).isEqualTo(expected);
            assertThat(in.readAllBytes()).asString().isEqualTo(sent.substring(end + 3));
        }
    }

    @Test void aTextWithoutEndIsNoText() {
        for (var text : List.of("", "a", "a\r\n", "a\r\n.", "a\r\n.\r")) {
            assertThatThrownBy(() -> read(new Segments(text))).as(text).isInstanceOf(EOFException.class);
        }
    }

    @Test void whatDotWriterWritesComesBack() throws IOException {
        var random = new Random(4521);
        for (var round = 0; round < 2000; round++) {
            var message = (LineReaderTest.randomText(random, "a..L", 30) + "L").replace("L", "\r\n");
            var wire = new ByteArrayOutputStream();
            var writer = new DotWriter(wire);
            for (var piece : LineReaderTest.split(random, message)) {
                writer.write(piece.getBytes(StandardCharsets.ISO_8859_1));
            }
            writer.finish();
            assertThat(read(new Segments(wire.toString(StandardCharsets.ISO_8859_1)))).isEqualTo(message);
        }
    }

    @Test void dotWriterEndsTheLastLine() throws IOException {
        assertThat(written("a")).isEqualTo("a\r\n.\r\n");
        assertThat(written("a\r\n")).isEqualTo("a\r\n.\r\n");
        assertThat(written("")).isEqualTo(".\r\n");
        assertThat(written(".")).isEqualTo("..\r\n.\r\n");
        assertThat(written("a\r\n.b\r\n..\r\n")).isEqualTo("a\r\n..b\r\n...\r\n.\r\n");
    }

    private static String written(String message) throws IOException {
        var wire = new ByteArrayOutputStream();
        var writer = new DotWriter(wire);
        for (var octet : message.getBytes(StandardCharsets.ISO_8859_1)) {
            writer.write(octet);
        }
        writer.finish();
        return wire.toString(StandardCharsets.ISO_8859_1);
    }

    private static String octets(String text) {
        return text.replace("C", "\r").replace("N", "\n");
    }

    private static String read(Segments in) throws IOException {
        var text = new ByteArrayOutputStream();
        var reader = new DotReader(in);
        var buffer = new byte[7];
        for (var count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
            text.write(buffer, 0, count);
        }
        assertThat(reader.read()).isEqualTo(-1);
        return text.toString(StandardCharsets.ISO_8859_1);
    }
}
