package org.posthorn.server.cli;

import java.nio.file.Path;

/** What the launcher started us from. */
final class Distribution {

    private Distribution() {
    }

    /**
     * Its directory.
     *
     * @param command that needs it
     * @throws CommandException when this process was not started by the launcher
     */
    static Path directory(String command) {
        var told = System.getProperty("posthorn.dist", "");
        if (told.isEmpty()) {
            throw new CommandException("needs a distribution: run bin/posthorn " + command);
        }
        return Path.of(told);
    }
}
