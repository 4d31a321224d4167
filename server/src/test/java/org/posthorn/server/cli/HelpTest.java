package org.posthorn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {

    private static Invocation posthorn(String words) {
        return Invocation.of("", List.of(words.split(" ")));
    }

    @Test void helpIsACommandToo() {
        var all = posthorn("help");
        assertThat(all.code()).isZero();
        assertThat(all.err()).isEmpty();
        assertThat(all.out()).isEqualTo(posthorn("--help").out()).contains("Usage: posthorn", "  spf ");
        assertThat(posthorn("help spf")).isEqualTo(posthorn("spf --help"));
        assertThat(posthorn("help user").out()).contains("Usage: posthorn user");
        assertThat(posthorn("help nonsense").code()).isEqualTo(2);
    }

    /** Only a named command is put together: each is found by its own name. */
    @Test void eachCommandIsKnownByItsName() {
        var line = PosthornCommand.commandLine(Terminal.system(), List.of());
        assertThat(line.getSubcommands()).hasSizeGreaterThan(10);
        for (var name : line.getSubcommands().keySet()) {
            var alone = PosthornCommand.commandLine(Terminal.system(), List.of(name)).getSubcommands();
            assertThat(alone).containsKey(name);
            assertThat(name.equals("help") || alone.size() == 2).as(name).isTrue();
        }
    }

    @ParameterizedTest @ValueSource(strings = {"--octets 1KiB --none", "--none --standard", "--messages 1 --standard",
        "--octets 1KiB --messages 1 --none"})
    void aQuotaIsChangedInOneWay(String options) {
        var done = posthorn("user quota ann@example.org " + options);
        assertThat(done.code()).isEqualTo(2);
        assertThat(done.err()).startsWith(
            "expected limits (--octets SIZE, --messages N), --none or --standard: one of the three\n");
    }
}
