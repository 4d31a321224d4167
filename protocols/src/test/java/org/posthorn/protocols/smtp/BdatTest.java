package org.posthorn.protocols.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.posthorn.protocols.wire.Limits;

/** CHUNKING and BINARYMIME (RFC 3030). */
class BdatTest {

    private static final SessionSettings.Tolerance PATIENT = new SessionSettings.Tolerance(false, true);

    private static final String OPEN = "MAIL FROM:<ann@client.example>\r\nRCPT TO:<bob@example.org>\r\n";

    private final Talk talk = new Talk().settings(SessionSettings.smtp("mx.example.org").withTolerance(PATIENT));

    @Test void chunksMakeOneMessage() {
        assertThat(replies(OPEN + "BDAT 6\r\nab\r\ncdBDAT 2\r\n\r\nBDAT 3 LAST\r\n.\r\nQUIT\r\n")).isEqualTo("""
            250 2.1.0 Ok
            250 2.1.5 Ok
            250 2.0.0 6 octets received
            250 2.0.0 2 octets received
            250 2.0.0 kept
            221 2.0.0 Bye
            """);
        assertThat(talk.sink().kept()).singleElement()
            .satisfies(kept -> assertThat(kept.text()).isEqualTo("ab\r\ncd\r\n.\r\n"));
    }

    @Test void anEmptyLastChunkEndsTheMessage() {
        assertThat(replies(OPEN + "BDAT 4\r\nab\r\nBDAT 0 LAST\r\n")).endsWith("250 2.0.0 kept\n");
        assertThat(talk.sink().kept()).singleElement().satisfies(kept -> assertThat(kept.text()).isEqualTo("ab\r\n"));
    }

    @Test void chunksOutOfOrderAreReadAndRefused() {
        assertThat(replies("BDAT 6\r\nQUIT\r\nNOOP\r\n")).isEqualTo("503 5.5.1 MAIL first\n250 2.0.0 Ok\n");
        assertThat(replies("MAIL FROM:<>\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n")).isEqualTo(
            "250 2.1.0 Ok\n503 5.5.1 RCPT first\n250 2.0.0 Ok\n");
    }

    @Test void afterAChunkOnlyChunksMayFollow() {
        assertThat(replies(OPEN + "BDAT 2\r\n\r\nDATA\r\nRCPT TO:<cid@example.org>\r\nMAIL FROM:<>\r\nRSET\r\n"
            + OPEN + "DATA\r\nx\r\n.\r\n")).isEqualTo("""
            250 2.1.0 Ok
            250 2.1.5 Ok
            250 2.0.0 2 octets received
            503 5.5.1 BDAT has begun: go on with BDAT, or RSET
            503 5.5.1 BDAT has begun: go on with BDAT, or RSET
            503 5.5.1 A sender is given already
            250 2.0.0 Ok
            250 2.1.0 Ok
            250 2.1.5 Ok
            354 End data with <CR><LF>.<CR><LF>
            250 2.0.0 kept
            """);
        assertThat(talk.sink().kept()).singleElement().satisfies(kept -> assertThat(kept.text()).isEqualTo("x\r\n"));
        assertThat(talk.sink().open()).isZero();
    }

    @Test void aBareLfIsRefusedInAnyChunkAndNoneOfItIsKept() {
        assertThat(replies(OPEN + "BDAT 3\r\na\nbBDAT 2\r\n\r\nBDAT 2 LAST\r\n\r\nNOOP\r\n")).isEqualTo("""
            250 2.1.0 Ok
            250 2.1.5 Ok
            554 5.6.0 The message holds a bare LF (RFC 5321 section 2.3.8): lines end with CR LF, and NUL is no text
            503 5.5.1 An earlier BDAT was refused: RSET first
            503 5.5.1 An earlier BDAT was refused: RSET first
            250 2.0.0 Ok
            """);
        assertThat(talk.sink().kept()).isEmpty();
        assertThat(talk.sink().open()).isZero();
    }

    @Test void aCrlfMayLieOnBothSidesOfAChunkBorder() {
        assertThat(replies(OPEN + "BDAT 2\r\na\rBDAT 1 LAST\r\n\n")).endsWith("250 2.0.0 kept\n");
        assertThat(replies(OPEN + "BDAT 2 LAST\r\na\r")).contains("554 5.6.0 The message holds a bare CR");
    }

    @Test void binaryMimeMayHoldAnythingAndNeedsBdat() {
        assertThat(replies("MAIL FROM:<> BODY=BINARYMIME\r\nRCPT TO:<bob@example.org>\r\nDATA\r\n"
            + "BDAT 6 LAST\r\n\n\0\r.\r\n")).isEqualTo("""
            250 2.1.0 Ok
            250 2.1.5 Ok
            503 5.5.1 BODY=BINARYMIME needs BDAT
            250 2.0.0 kept
            """);
        assertThat(talk.sink().kept()).singleElement()
            .satisfies(kept -> assertThat(kept.text()).isEqualTo("\n\0\r.\r\n"));
    }

    @Test void aMessageThatGrowsTooBigIsRefusedAtThatChunk() {
        talk.settings(SessionSettings.smtp("mx.example.org").withTolerance(PATIENT)
            .withLimits(Limits.DEFAULT.withMessageSize(10)));
        assertThat(replies(OPEN + "BDAT 10\r\n12345678\r\nBDAT 1\r\nxBDAT 0 LAST\r\nRSET\r\n"
            + OPEN + "BDAT 10 LAST\r\n12345678\r\n")).isEqualTo("""
            250 2.1.0 Ok
            250 2.1.5 Ok
            250 2.0.0 10 octets received
            552 5.3.4 The message is larger than this server takes
            503 5.5.1 An earlier BDAT was refused: RSET first
            250 2.0.0 Ok
            250 2.1.0 Ok
            250 2.1.5 Ok
            250 2.0.0 kept
            """);
        assertThat(talk.sink().kept()).hasSize(1);
    }

    @Test void aSinkThatCannotOpenRefusesAllChunks() {
        talk.sink().breakAt(RecordingSink.Fault.OPEN);
        assertThat(replies(OPEN + "BDAT 2\r\n\r\nBDAT 2 LAST\r\n\r\nNOOP\r\n")).endsWith("""
            452 4.3.1 No room
            503 5.5.1 An earlier BDAT was refused: RSET first
            250 2.0.0 Ok
            """);
    }

    @Test void aChunkOfUnknownLengthEndsTheSession() {
        assertThat(replies(OPEN + "BDAT many\r\nQUIT\r\n")).endsWith(
            "501 5.5.4 Expected BDAT, a number of octets and maybe LAST\n");
        assertThat(talk.reason()).isEqualTo(SessionEvent.Reason.DISCONNECTED);
    }

    /** The replies after those to the greeting. */
    private String replies(String commands) {
        var all = talk.octets("EHLO client.example\r\n" + commands);
        return all.substring(all.indexOf("250 HELP\n") + 9);
    }
}
