package org.posthorn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainRunTest {

    @ParameterizedTest
    @ValueSource(strings = {"run", "run --home srv/mail", "run --home=srv/mail", "run --home=srv/mail/",
        "run --home /srv"})
    void whatItUnderstandsPicocliUnderstandsAlike(String line) {
        var words = List.of(line.split(" "));
        var picocli = PosthornCommand.commandLine(new Terminal(InputStream.nullInputStream(),
            new PrintWriter(Writer.nullWriter()), new PrintWriter(Writer.nullWriter())), words);
        picocli.parseArgs(words.toArray(String[]::new));
        var home = picocli.getSubcommands().get("run").getCommandSpec().findOption("--home");
        assertThat(PlainRun.home(words, System.getenv())).contains(home.<Path>getValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "check", "run --help", "run -h", "run --home", "run --home=", "run --home --help",
        "run --home=@words", "run @words", "run srv", "run --home a --home b", "--home=srv run", "run --hom=srv",
        "run --hom srv"})
    void allElseIsLeftToPicocli(String line) {
        assertThat(PlainRun.home(List.of(line.split(" ")), Map.of())).isEmpty();
    }

    @Test void theEnvironmentNamesTheHome() {
        assertThat(PlainRun.home(List.of("run"), Map.of("POSTHORN_HOME", "/srv/mail"))).contains(Path.of("/srv/mail"));
        assertThat(PlainRun.home(List.of("run", "--home=b"), Map.of("POSTHORN_HOME", "a"))).contains(Path.of("b"));
        assertThat(PlainRun.home(List.of("run"), Map.of("POSTHORN_HOME", ""))).isEmpty();
    }
}
