package org.posthorn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code init} refuses before it makes anything. */
class InitCommandTest {

    @TempDir Path folder;

    private Invocation init(String... flags) {
        var words = new ArrayList<>(List.of("init", folder.resolve("home").toString(), "--hostname", "mx.example.org",
            "--domain", "example.org"));
        words.addAll(List.of(flags));
        var refused = Invocation.of("", words);
        assertThat(folder).isEmptyDirectory();
        return refused;
    }

    @ParameterizedTest @ValueSource(strings = {"--port smtp=25 --port smtp=2525", "--port smtp=25 --port SMTP=25",
        "--relay-domain a.example=b.example:25 --relay-domain A.example.=c.example:25"})
    void aFlagThatWouldOverwriteAnotherIsRefused(String flags) {
        var refused = init(flags.split(" ", -1));
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).containsPattern("^--(port|relay-domain) \\S+= is given twice; keep one");
    }

    @Test void noDomainIsKeptAndPassedOn() {
        assertThat(init("--relay-domain", "Example.ORG=relay.example:25")).isEqualTo(new Invocation(1, "",
            "posthorn: --relay-domain Example.ORG: its mail is kept here, as --domain says, and cannot be passed on "
                + "too; keep one of them\n"));
    }
}
