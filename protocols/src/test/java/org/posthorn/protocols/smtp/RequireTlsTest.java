package org.posthorn.protocols.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.protocols.wire.Limits;
import org.posthorn.protocols.wire.Line;

/** REQUIRETLS at the server's end (RFC 8689 sections 2 and 3). */
class RequireTlsTest {

    private static final SessionSettings SETTINGS = SessionSettings.smtp("mx.example.org");

    private static Extensions offered(boolean secured) {
        return Extensions.of(SETTINGS, List.of(), secured, false);
    }

    private static List<String> greeting(boolean secured) {
        return offered(secured).greeting("mx", Limits.DEFAULT, SETTINGS.terms()).lines();
    }

    private static Command mail(String words, boolean secured) {
        return new CommandParser(offered(secured), SETTINGS).parse(new Line.Text(
            ("MAIL FROM:<ann@example.org> " + words).strip().getBytes(StandardCharsets.US_ASCII)), false);
    }

    @Test void itIsOfferedUnderTlsAlone() {
        assertThat(greeting(true)).contains("REQUIRETLS");
        assertThat(greeting(false)).doesNotContain("REQUIRETLS");
    }

    @Test void itIsAPropertyOfTheMessage() {
        assertThat(mail("requiretls", true)).isInstanceOfSatisfying(Command.Mail.class,
            mail -> assertThat(mail.parameters().handling().requireTls()).isTrue());
        assertThat(mail("", true)).isInstanceOfSatisfying(Command.Mail.class,
            mail -> assertThat(mail.parameters().handling().requireTls()).isFalse());
    }

    @ParameterizedTest
    @CsvSource({"REQUIRETLS,false,555", "REQUIRETLS=yes,true,501", "REQUIRETLS REQUIRETLS,true,501"})
    void inTheClearAndWithAValueItIsRefused(String words, boolean secured, int code) {
        assertThat(mail(words, secured).toString()).contains("reply=" + code);
    }

    /** As the spool keeps it. */
    @Test void itIsWrittenAndReadWithAllElse() {
        var handling = Handling.NONE.priority(3).verp("+=").requireTls(true);
        assertThat(Handling.read(handling.text())).isEqualTo(handling);
        assertThat(Handling.read(Handling.NONE.requireTls(true).text()).requireTls()).isTrue();
    }
}
