package org.posthorn.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoggingTest {

    @TempDir Path folder;

    @Test void theLogStaysInTheHomeWhenItsConfigurationIsReadAgain() throws Exception {
        var home = new Home(folder.resolve("home"));
        Files.createDirectories(home.conf());
        Files.copy(Path.of("..", "conf", "logback.xml"), home.conf().resolve("logback.xml"));
        var context = new LoggerContext();
        try {
            Logging.use(home, context);
            assertThat(home.log().resolve("posthorn.log")).exists();
            context.reset();   // what logback does when it sees that its file was changed
            assertThat(context.getProperty("posthorn.home")).isEqualTo(home.directory().toString());
        } finally {
            context.stop();
        }
    }
}
