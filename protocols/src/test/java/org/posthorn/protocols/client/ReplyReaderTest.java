package org.posthorn.protocols.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.wire.Reply;

class ReplyReaderTest {

    private static ReplyReader.Heard read(String text) throws IOException {
        return ReplyReader.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Reply reply(String text) throws IOException {
        return ((ReplyReader.Heard.Said) read(text)).reply();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "250 Ok~ | 250 Ok", "250~ | 250 ''", "250 ~ | 250 ''", "250 2.1.0 Ok~ | 250 2.1.0 Ok",
        "550-5.1.1 No~550 5.1.1 such~ | 550 5.1.1 No / such", "250 5.1.1 odd class~ | 250 5.1.1 odd class",
        "550 5.1 short~ | 550 5.1 short", "550 5.1111.1 long~ | 550 5.1111.1 long", "250-a~550 b~ | 550 a / b",
        "354 go~ | 354 go", "250 tab\there~ | 250 tab here", "250 bell\u0007~ | 250 bell?",
        "550 5.7.1~ | 550 5.7.1 ''"})
    void repliesAreUnderstood(String octets, String meaning) throws IOException {
        assertThat(reply(octets.replace("~", "\r\n")).toString()).isEqualTo(meaning.replace("''", ""));
        assertThat(reply(octets.replace("~", "\n")).toString()).isEqualTo(meaning.replace("''", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "25\r\n", "25x ok\r\n", "150 ok\r\n", "650 ok\r\n", "2500 ok\r\n", "250_ok\r\n",
        "hello\r\n", "250-a\r\nhello\r\n", " 250 ok\r\n"})
    void whatIsNoReplyIsGarbage(String octets) throws IOException {
        assertThat(read(octets)).isInstanceOf(ReplyReader.Heard.Garbage.class);
    }

    @Test void anEndWithinAReplyIsALostConnection() {
        assertThatThrownBy(() -> read("250-a\r\n250")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read("")).isInstanceOf(IOException.class).hasMessage("connection closed");
    }

    @Test void longLinesAreCutAndEndlessOnesRefused() throws IOException {
        assertThat(reply("250 " + "x".repeat(10_000) + "\r\n").lines().getFirst()).hasSize(2_044);
        assertThat(read("250 " + "x".repeat(100_000))).isInstanceOf(ReplyReader.Heard.Garbage.class);
        assertThat(read("250-x\r\n".repeat(1_000))).isInstanceOf(ReplyReader.Heard.Garbage.class);
    }

    @Test void noOctetsMakeItStumble() {
        var random = new Random(20_260_101);
        var alphabet = "0245 -.\r\nx\u0000\u00ff".getBytes(StandardCharsets.ISO_8859_1);
        for (var round = 0; round < 20_000; round++) {
            var octets = new byte[random.nextInt(60)];
            for (var i = 0; i < octets.length; i++) {
                octets[i] = round % 2 == 0 ? alphabet[random.nextInt(alphabet.length)] : (byte) random.nextInt();
            }
            try {
                if (ReplyReader.read(new ByteArrayInputStream(octets)) instanceof ReplyReader.Heard.Said(var reply)) {
                    assertThat(reply.code()).isBetween(200, 599);
                }
            } catch (IOException e) {
                assertThat(e).hasMessageStartingWith("connection closed");
            }
        }
    }
}
