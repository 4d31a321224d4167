package org.posthorn.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.server.config.Problem;
import org.posthorn.server.config.Problems;

class LoggingTest {

    private static final String ENCODER = "<encoder class=\"org.posthorn.server.log.EventLines\"/>";

    @TempDir Path folder;

    @Test void theLogStaysInTheHomeWhenItsConfigurationIsReadAgain() throws Exception {
        var home = new Home(folder.resolve("home"));
        Files.createDirectories(home.conf());
        Files.copy(Path.of("..", "conf", "logback.xml"), home.conf().resolve("logback.xml"));
        var context = new LoggerContext();
        try {
            var problems = new Problems();
            Logging.use(home, context, problems);
            assertThat(problems.all()).isEmpty();
            assertThat(home.log().resolve("posthorn.log")).exists();
            context.reset();   // what logback does when it sees that its file was changed
            assertThat(context.getProperty("posthorn.home")).isEqualTo(home.directory().toString());
        } finally {
            context.stop();
        }
    }

    private List<String> check(String what, String by) throws IOException {
        var home = new Home(folder.resolve("home"));
        Files.createDirectories(home.conf());
        var text = Files.readString(Path.of("..", "conf", "logback.xml"));
        assertThat(text).contains(what);
        Files.writeString(home.conf().resolve("logback.xml"), text.replace(what, by));
        var problems = new Problems();
        Logging.check(home, problems);
        assertThat(home.log()).as("another user than the server's may check").doesNotExist();
        return problems.all().stream().map(Problem::toString).toList();
    }

    @Test void theDeliveredFileIsGood() throws IOException {
        assertThat(check("INFO", "DEBUG")).isEmpty();
    }

    @ParameterizedTest @CsvSource(delimiter = '|', value = {
        "</root>|</rot>|logback.xml:28: The element type",
        "configuration|config|logback.xml:7: expected the root element <configuration>, found <config>",
        "GatheredFile|GatheredFil|logback.xml: Could not create an Appender of type",
        "maxHistory|maxHistry|logback.xml: Ignoring unknown property [maxHistry]",
        "flushAfter>|flushLater>|logback.xml: Ignoring unknown property [flushLater]",
        "50 milliseconds|soon|logback.xml: Failed to invoke valueOf",
        ENCODER + "|<encoder><pattern>%mgs</pattern></encoder>|logback.xml: There is no conversion",
        "100MB|many|logback.xml: Failed to invoke valueOf",
        "ref=\"file\"|ref=\"fill\"|logback.xml: Appender named [fill] could not be found"})
    void whatLogbackDoesNotUnderstandIsTold(String what, String by, String told) throws IOException {
        assertThat(check(what, by)).first().asString().startsWith(told);
    }

    @Test void anAppenderThatIsKeptForAnotherDayIsNoMistake() throws IOException {
        var spare = "<appender name=\"spare\" class=\"ch.qos.logback.core.ConsoleAppender\"/>\n<logger";
        assertThat(check("<logger", spare)).isEmpty();
    }
}
