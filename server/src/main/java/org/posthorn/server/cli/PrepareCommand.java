package org.posthorn.server.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.posthorn.server.app.ClassArchive;
import picocli.CommandLine.Command;

/** {@code posthorn prepare}: makes the distribution's archive of classes, for all its commands and servers. */
@Command(name = "prepare", description = "Makes this distribution start faster, here and with this Java: "
    + "writes lib/posthorn.aot, which takes a minute.")
final class PrepareCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Terminal terminal;

    PrepareCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override public Integer call() throws InterruptedException {
        var distribution = Distribution.directory("prepare");
        var lib = distribution.resolve("lib");
        if (!Files.isWritable(lib)) {
            throw new CommandException(lib + " cannot be written to; run this as its owner. A server makes "
                + "an archive of its own in its home, whoever owns the distribution");
        }
        var archive = new ClassArchive(lib.resolve(ClassArchive.NAME), distribution);
        try {
            archive.make(List.of(), PATIENCE).ifPresent(why -> {
                throw new CommandException("no archive was made: " + why);
            });
            terminal.out().println("made " + archive.file() + ", " + (Files.size(archive.file()) >> 20) + " MiB");
            terminal.out().flush();
            return 0;
        } catch (IOException e) {
            throw new CommandException("no archive was made: " + e.getMessage(), e);
        }
    }
}
