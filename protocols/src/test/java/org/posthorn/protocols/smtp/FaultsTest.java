package org.posthorn.protocols.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.protocols.smtp.RecordingSink.Fault;
import org.posthorn.protocols.wire.Reply;

/** Our own faults: always 4yz, always reported, never the end of more than one message. */
class FaultsTest {

    private static final String MESSAGE = "HELO c\nMAIL FROM:<ann@client.example>\nRCPT TO:<bob@example.org>\n"
        + "DATA\ntext\n.\nNOOP\n";

    private final Talk talk = new Talk();

    @ParameterizedTest
    @CsvSource(delimiterString = " | ", textBlock = """
        OPEN          | 452 4.3.1 No room
        OPEN_BREAKS   | 451 4.3.0 Internal error, try again later
        """)
    void aSinkThatCannotOpenIsHeardAtData(Fault fault, String reply) {
        talk.sink().breakAt(fault);
        assertThat(talk.lines(MESSAGE.replace("text\n.\n", ""))).endsWith(
            "250 2.1.5 Ok\n" + reply + "\n250 2.0.0 Ok\n");
        assertThat(faults()).containsExactly("sink.open");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " | ", textBlock = """
        WRITE         | 452 4.3.1 No room                       | incoming.body
        WRITE_BREAKS  | 451 4.3.0 Internal error, try again later | incoming.body
        FINISH        | 452 4.3.1 No room                       | incoming.finish
        FINISH_BREAKS | 451 4.3.0 Internal error, try again later | incoming.finish
        """)
    void aSinkThatCannotKeepIsHeardAfterTheDot(Fault fault, String reply, String port) {
        talk.sink().breakAt(fault);
        assertThat(talk.lines(MESSAGE)).endsWith(
            "354 End data with <CR><LF>.<CR><LF>\n" + reply + "\n250 2.0.0 Ok\n");
        assertThat(faults()).containsExactly(port);
        assertThat(talk.sink().kept()).isEmpty();
        assertThat(talk.sink().open()).isZero();
    }

    @Test void aSinkWithoutRoomIsHeardAtMail() {
        talk.sink().breakAt(Fault.MAIL);
        assertThat(talk.lines("HELO c\nMAIL FROM:<>\nRCPT TO:<bob@example.org>\n")).endsWith(
            "452 4.3.1 No room\n503 5.5.1 MAIL first\n");
        talk.sink().breakAt(Fault.MAIL_BREAKS);
        assertThat(talk.lines("HELO c\nMAIL FROM:<>\n")).endsWith("451 4.3.0 Internal error, try again later\n");
    }

    @Test void aPolicyThatBreaksRefusesForNow() {
        assertThat(talk.lines("HELO c\nMAIL FROM:<>\nRCPT TO:<broken@example.org>\nRCPT TO:<bob@example.org>\n"))
            .endsWith("451 4.3.0 Internal error, try again later\n250 2.1.5 Ok\n");
        assertThat(faults()).containsExactly("policy.rcpt");
    }

    @Test void severalRepliesOfASinkAreOneOverSmtp() {
        talk.sink().answerWith(_ -> List.of(Reply.of(250, "2.0.0", "kept"), Reply.of(451, "4.2.0", "full")));
        assertThat(talk.lines(MESSAGE)).endsWith("451 4.2.0 full\n250 2.0.0 Ok\n");
    }

    @Test void a421OfASinkEndsTheSession() {
        talk.sink().answerWith(_ -> List.of(Reply.of(421, "4.7.0", "Go away")));
        assertThat(talk.lines(MESSAGE)).endsWith("421 4.7.0 Go away\n");
    }

    private List<String> faults() {
        return talk.events().stream().filter(SessionEvent.Fault.class::isInstance)
            .map(event -> ((SessionEvent.Fault) event).port()).toList();
    }
}
