package org.posthorn.server.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import org.posthorn.server.app.Logging;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code posthorn rehearse}: what {@code prepare} runs while the JVM takes notes. */
@Command(name = "rehearse", hidden = true, description = "A busy day of two throw-away servers.")
final class RehearseCommand implements Callable<Integer> {

    @Option(names = "--messages", paramLabel = "N", defaultValue = "${sys:posthorn.rehearsal:-3000}",
        description = "How many go through.")
    private int messages;

    @Override public Integer call() throws IOException, InterruptedException {
        var directory = Files.createTempDirectory("posthorn-rehearsal-");
        try {
            new Rehearsal(directory).run(messages);
        } finally {
            Logging.stop();   // it would look for its configuration there, and write anew
            HomeMaker.delete(directory);
        }
        return 0;
    }
}
