package org.posthorn.server.cli;

import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which server, and in which form it answers. */
final class HomeOptions {

    @Mixin private HomeOption where;

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    /** The home, which must be one. */
    Path home() {
        return where.home();
    }

    boolean json() {
        return json;
    }
}
