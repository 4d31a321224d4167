package org.posthorn.protocols.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.net.MemoryWire;

/** No sequence but CRLF dot CRLF ends a message, and none makes a second one. */
class SmugglingTest {

    private static final List<String> LINE_ENDS = List.of("\r\n", "\n", "\r", "\r\r\n", "\n\r", "\0", "\n\n", "\r\n\r");
    private static final String SECOND =
        "MAIL FROM:<b@b.example>\r\nRCPT TO:<eve@example.org>\r\nDATA\r\nsecond\r\n.\r\n";

    @Test void noMatrixOfLineEndsMakesASecondMessage() {
        for (var before : LINE_ENDS) {
            for (var after : LINE_ENDS) {
                if (before.equals("\r\n") && after.startsWith("\r\n")) {
                    continue;
                }
                var talk = new Talk();
                var replies = talk.over(wire("x" + before + "." + after + SECOND));
                var name = (before + "." + after).replace("\r", "CR").replace("\n", "LF").replace("\0", "NUL");
                assertThat(talk.sink().kept()).as(name).isEmpty();
                assertThat(replies.substring(replies.indexOf("354"))).as(name).hasLineCount(2)
                    .contains("\n554 5.6.0 The message holds a ");
                assertThat(talk.sink().open()).as(name).isZero();
            }
        }
    }

    @Test void nothingIsMadeOfThemWhereverTheNetworkSplitsThem() {
        var text = "x\r\n.\n" + SECOND;
        for (var split = 1; split < text.length(); split++) {
            var talk = new Talk();
            talk.over(wire(text.substring(0, split), text.substring(split)));
            assertThat(talk.sink().kept()).as("split at " + split).isEmpty();
        }
    }

    @Test void aRealEndIsFoundWhereverTheNetworkSplitsIt() {
        var text = "x\r\n..\r\n.\r\n";
        for (var split = 1; split < text.length(); split++) {
            var talk = new Talk();
            talk.over(wire(text.substring(0, split), text.substring(split)));
            assertThat(talk.sink().kept()).as("split at " + split).singleElement()
                .satisfies(kept -> assertThat(kept.text()).isEqualTo("x\r\n.\r\n"));
        }
    }

    @Test void afterABareCrOrLfNothingIsReadAsCommand() {
        var talk = new Talk();
        talk.over(wire("x\r\ny\nz\r\n.\r\n" + SECOND));
        assertThat(talk.sink().kept()).isEmpty();
        assertThat(talk.reason()).isEqualTo(SessionEvent.Reason.DISCONNECTED);
    }

    @Test void textWithUnixLineEndsIsTakenUnlessThatIsTurnedOff() {
        var unix = "Subject: x\n\n..\nlast\n\r\n.\r\n";
        var talk = new Talk();
        talk.over(wire(unix, "QUIT\r\n"));
        assertThat(talk.sink().kept()).singleElement()
            .satisfies(kept -> assertThat(kept.text()).isEqualTo("Subject: x\r\n\r\n.\r\nlast\r\n\r\n"));
        var strict = new Talk().settings(SessionSettings.smtp("mx.example.org")
            .withTolerance(new SessionSettings.Tolerance(true, false)));
        assertThat(strict.over(wire(unix))).endsWith("""
            554 5.6.0 The message holds a bare LF (RFC 5321 section 2.3.8): lines end with CR LF, and NUL is no text
            """);
        assertThat(strict.sink().kept()).isEmpty();
    }

    @Test void aNulIsRefusedButTheSessionGoesOn() {
        var talk = new Talk();
        assertThat(talk.over(wire("x\0\r\n.\r\n", "QUIT\r\n"))).endsWith("""
            554 5.6.0 The message holds a NUL (RFC 5321 section 2.3.8): lines end with CR LF, and NUL is no text
            221 2.0.0 Bye
            """);
    }

    @Test void strayOctetsInACommandRefuseItWhole() {
        assertThat(new Talk().octets("NOOP\nQUIT\r\nNO\rOP\r\nNO\0OP\r\nNOOP\r\n")).isEqualTo("""
            220 mx.example.org ESMTP
            500 5.5.2 Found a bare LF: a command ends with CR LF and holds none of CR, LF, NUL
            500 5.5.2 Found a bare CR: a command ends with CR LF and holds none of CR, LF, NUL
            500 5.5.2 Found a NUL: a command ends with CR LF and holds none of CR, LF, NUL
            250 2.0.0 Ok
            """);
    }

    private static MemoryWire wire(String... text) {
        var segments = new ArrayList<>(List.of("HELO client.example\r\n".getBytes(US_ASCII),
            "MAIL FROM:<a@a.example>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\n".getBytes(US_ASCII)));
        for (var piece : text) {
            segments.add(piece.getBytes(ISO_8859_1));
        }
        return new MemoryWire(segments);
    }
}
