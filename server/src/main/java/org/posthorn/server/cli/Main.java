package org.posthorn.server.cli;

import java.nio.file.Path;
import java.util.List;

/** Where the process begins. */
public final class Main {

    private Main() {
    }

    /** Runs one command. */
    public static void main(String[] arguments) {
        var terminal = Terminal.system();
        var words = List.of(arguments);
        var home = PlainRun.home(words, System.getenv());
        System.exit(home.isPresent() ? run(terminal, home.get())
            : PosthornCommand.commandLine(terminal, words).execute(arguments));
    }

    private static int run(Terminal terminal, Path home) {
        try {
            return new ServerRun(terminal).run(home);
        } catch (CommandException e) {
            return e.told(terminal);
        } catch (InterruptedException | RuntimeException | Error e) {
            e.printStackTrace(terminal.err());    // as picocli does
            return 1;
        }
    }
}
