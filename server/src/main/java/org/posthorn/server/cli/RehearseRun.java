package org.posthorn.server.cli;

import java.io.IOException;
import java.nio.file.Files;
import org.posthorn.server.app.Logging;

/**
 * {@code posthorn rehearse}: what {@code prepare} runs while the JVM takes notes. Not by way of picocli, whose classes
 * are too old for the archive: each start would load what ours in it assume of them, from its jar.
 */
final class RehearseRun {

    static final String NAME = "rehearse";

    private static final int USUAL = 3000;

    private RehearseRun() {
    }

    /** Rehearses with as many messages as the property {@code posthorn.rehearsal} says. */
    static int run() throws IOException, InterruptedException {
        var directory = Files.createTempDirectory("posthorn-rehearsal-");
        try {
            new Rehearsal(directory).run(Integer.getInteger("posthorn.rehearsal", USUAL));
        } finally {
            Logging.stop();   // it would look for its configuration there, and write anew
            HomeMaker.delete(directory);
        }
        return 0;
    }
}
