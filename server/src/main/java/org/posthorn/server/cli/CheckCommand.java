package org.posthorn.server.cli;

import java.util.concurrent.Callable;
import org.posthorn.server.app.Home;
import org.posthorn.server.app.Server;
import org.posthorn.server.config.ConfigException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code posthorn check}: everything that is wrong with the configuration, at once. Also while the server runs. */
@Command(name = "check", description = "Tells everything that is wrong with the configuration, with file and line.")
final class CheckCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin private HomeOption home;

    CheckCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override public Integer call() {
        try {
            Server.assemble(new Home(home.home()));
            terminal.out().println("the configuration is good");
            terminal.out().flush();
            return 0;
        } catch (ConfigException e) {
            e.problems().forEach(terminal.err()::println);
            terminal.err().flush();
            return 1;
        }
    }
}
