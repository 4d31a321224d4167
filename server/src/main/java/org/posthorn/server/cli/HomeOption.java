package org.posthorn.server.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which server. The same for every command. */
final class HomeOption {

    @Option(names = "--home", paramLabel = "HOME", defaultValue = "${env:POSTHORN_HOME:-posthorn-home}",
        description = "The server's home. Default: the environment's POSTHORN_HOME, else ./posthorn-home.")
    private Path home;

    /** The home, which must be one. */
    Path home() {
        return checked(home);
    }

    /** The same home, absolute. */
    static Path checked(Path home) {
        if (Files.isDirectory(home) && !Files.isExecutable(home)) {
            throw new CommandException(home.toAbsolutePath().normalize() + " may not be read by this user; "
                + "it belongs to " + owner(home));
        }
        if (!Files.isDirectory(home.resolve("data"))) {
            throw new CommandException(home.toAbsolutePath().normalize() + " is no home of a Posthorn server; name one "
                + "with --home or POSTHORN_HOME, or make one: posthorn init HOME");
        }
        return home.toAbsolutePath().normalize();
    }

    private static String owner(Path home) {
        try {
            return Files.getOwner(home).getName();
        } catch (IOException | UnsupportedOperationException e) {
            return "another";
        }
    }
}
