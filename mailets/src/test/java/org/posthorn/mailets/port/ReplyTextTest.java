package org.posthorn.mailets.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.MessagingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplyTextTest {

    @ParameterizedTest @CsvSource({
        "550 5.7.1 No, 5", "550 No, 5", "451 4.3.0 Later, 4", "421 4.7.0 Bye, 45", "550 5.7.1 a (b) <c>, 5"})
    void goodReplies(String text, String kinds) throws MessagingException {
        assertThat(ReplyText.of("Test", text, kinds)).hasToString(text);
    }

    @ParameterizedTest @CsvSource({
        "550, 5", "550 5.7.1, 5", "250 2.0.0 Ok, 45", "550 4.7.1 No, 5", "450 4.7.1 No, 5", "550 5.7.1 No, 4",
        "55 5.7.1 No, 5", "5500 No, 5", "No, 5", "'', 5", "550 5.7.1 Nein\u00fc, 5", "550 5.7.1000 No, 5"})
    void otherTextsAreRefused(String text, String kinds) {
        assertThatThrownBy(() -> ReplyText.of("Test", text, kinds)).isInstanceOf(MessagingException.class)
            .hasMessageStartingWith("Test: <reply> must be");
    }

    @Test void lineBreaksOfTheFileAreBlanks() throws MessagingException {
        assertThat(ReplyText.of("Test", "\n  550 5.7.1 No,\n  never\n", "5")).hasToString("550 5.7.1 No, never");
    }

    @Test void aReplyFitsItsLine() {
        assertThatThrownBy(() -> ReplyText.of("Test", "550 5.7.1 " + "x".repeat(500), "5"))
            .isInstanceOf(MessagingException.class);
    }
}
