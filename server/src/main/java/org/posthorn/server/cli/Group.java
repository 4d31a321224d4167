package org.posthorn.server.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that only has commands below it. */
abstract class Group implements Runnable {

    private final Terminal terminal;
    @Spec private CommandSpec spec;

    Group(Terminal terminal) {
        this.terminal = terminal;
    }

    final Terminal terminal() {
        return terminal;
    }

    final Office office(HomeOptions home) {
        return new Office(terminal, home);
    }

    final ParameterException misused(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    @Override public final void run() {
        throw misused("Missing command");
    }
}
