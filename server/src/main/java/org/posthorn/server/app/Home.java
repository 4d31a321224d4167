package org.posthorn.server.app;

import java.nio.file.Path;

/**
 * Where one server keeps its files.
 *
 * @param directory absolute
 */
public record Home(Path directory) {

    /** Makes the path absolute. */
    public Home {
        directory = directory.toAbsolutePath().normalize();
    }

    /** The configuration files. */
    public Path conf() {
        return directory.resolve("conf");
    }

    /** Spool, database, pid and token. */
    public Path data() {
        return directory.resolve("data");
    }

    /** The Maildirs. */
    public Path mail() {
        return directory.resolve("mail");
    }

    /** Jars with mailets of the user's. */
    public Path lib() {
        return directory.resolve("lib");
    }

    /** The log files. */
    public Path log() {
        return directory.resolve("log");
    }

    /** Certificate and key. */
    public Path tls() {
        return directory.resolve("tls");
    }
}
