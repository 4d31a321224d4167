package org.posthorn.protocols.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplyWriterTest {

    @Test void theStatusStandsOnEachLine() throws IOException {
        var reply = new Reply(550, Optional.of(EnhancedStatus.parse("5.7.1")), List.of("No", "relaying", "here"));
        assertThat(written(reply, true)).isEqualTo("550-5.7.1 No\r\n550-5.7.1 relaying\r\n550 5.7.1 here\r\n");
        assertThat(written(reply, false)).isEqualTo("550-No\r\n550-relaying\r\n550 here\r\n");
    }

    @Test void aLongTextGoesOnInTheNextLine() throws IOException {
        var lines = written(Reply.of(550, "5.7.1", "word ".repeat(300).strip()), true).split("\r\n", -1);
        assertThat(lines).hasSize(5).allSatisfy(line -> assertThat(line.length() + 2).isLessThanOrEqualTo(512));
        assertThat(lines[0]).startsWith("550-5.7.1 word").endsWith("word");
        assertThat(lines[3]).startsWith("550 5.7.1 word");
        assertThat(written(Reply.of(550, "5.7.1", "x".repeat(1000)), true).split("\r\n"))
            .allSatisfy(line -> assertThat(line.length() + 2).isLessThanOrEqualTo(512));
    }

    @Test void repliesAreAscii() throws IOException {
        assertThat(written(Reply.of(550, "5.1.1", "Kein Müller"), true)).isEqualTo("550 5.1.1 Kein M?ller\r\n");
    }

    @Test void aReplyWithoutTextKeepsItsSpace() throws IOException {
        assertThat(written(Reply.plain(334, ""), true)).isEqualTo("334 \r\n");
    }

    private static String written(Reply reply, boolean enhanced) throws IOException {
        var out = new ByteArrayOutputStream();
        new ReplyWriter(out, enhanced).write(reply);
        return out.toString(StandardCharsets.UTF_8);
    }
}
