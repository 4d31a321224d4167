package org.posthorn.server.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.posthorn.server.admin.Request;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code posthorn bounces}. */
@Command(name = "bounces", description = "What failed, was put off and was reported since the start, by kind.")
final class BouncesCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin private HomeOptions home;

    BouncesCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override public Integer call() {
        return new Office(terminal, home).ask(new Request("GET", "/api/bounces", Map.of()));
    }
}
