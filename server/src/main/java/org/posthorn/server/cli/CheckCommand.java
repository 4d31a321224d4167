package org.posthorn.server.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.posthorn.server.app.Home;
import org.posthorn.server.app.Logging;
import org.posthorn.server.app.Server;
import org.posthorn.server.config.ConfigException;
import org.posthorn.server.config.Problems;
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
            var where = new Home(home.home());
            var problems = new Problems();
            Logging.check(where, problems);
            Server.assemble(where, problems);
            terminal.out().println("the configuration is good");
            terminal.out().flush();
            return 0;
        } catch (ConfigException e) {
            e.problems().forEach(terminal.err()::println);
            terminal.err().flush();
            return 1;
        } catch (IOException e) {
            throw new CommandException("logback.xml cannot be tried: " + e.getMessage(), e);
        }
    }
}
