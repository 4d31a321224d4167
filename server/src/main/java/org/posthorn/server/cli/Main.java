package org.posthorn.server.cli;

import java.io.IOException;
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
        if (home.isPresent()) {
            System.exit(told(terminal, () -> new ServerRun(terminal).run(home.get())));
        }
        System.exit(words.equals(List.of(RehearseRun.NAME)) ? told(terminal, RehearseRun::run)
            : PosthornCommand.commandLine(terminal, words).execute(arguments));
    }

    /** Work that ends with the process's exit code. */
    private interface Work {
        int run() throws IOException, InterruptedException;
    }

    private static int told(Terminal terminal, Work work) {
        try {
            return work.run();
        } catch (CommandException e) {
            return e.told(terminal);
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            e.printStackTrace(terminal.err());    // as picocli does
            return 1;
        }
    }
}
