package org.posthorn.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code posthorn run}: see {@link ServerRun}, and {@link PlainRun} for how it is mostly called. */
@Command(name = "run", description = "Runs the server in the foreground, until SIGTERM.")
final class RunCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin private HomeOption home;

    RunCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override public Integer call() throws InterruptedException {
        return new ServerRun(terminal).run(home.home());
    }
}
