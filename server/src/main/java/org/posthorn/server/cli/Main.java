package org.posthorn.server.cli;

import java.util.List;

/** Where the process begins. */
public final class Main {

    private Main() {
    }

    /** Runs one command. */
    public static void main(String[] arguments) {
        System.exit(PosthornCommand.commandLine(Terminal.system(), List.of(arguments)).execute(arguments));
    }
}
