package org.posthorn.server.delivery.etrn;

import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.posthorn.protocols.sasl.Secrets;
import org.posthorn.server.config.Section;

/** The secrets of {@code <cram-md5>} in conf/etrn.xml, each in a file that is read each time. Thread-safe. */
final class SharedSecrets implements Secrets {

    private final EtrnConfig config;

    @Inject SharedSecrets(EtrnConfig config) {
        this.config = config;
    }

    /**
     * Whose secret lies where.
     *
     * @param user in lower case
     * @param file its first line is the secret
     */
    record Shared(String user, Path file) {

        /** Reads {@code <cram-md5>}. */
        static Shared read(Section element, Path home) {
            return new Shared(element.value("user", "", Access::address).toLowerCase(Locale.ROOT),
                home.resolve(element.required("secret-file")));
        }
    }

    @Override public boolean areThere() {
        return !config.secrets().isEmpty();
    }

    @Override public Lookup of(String user) {
        var name = user.toLowerCase(Locale.ROOT);
        for (var shared : config.secrets()) {
            if (shared.user().equals(name)) {
                return read(shared);
            }
        }
        return new Lookup.Unknown();
    }

    private static Lookup read(Shared shared) {
        try {
            var lines = Files.readAllLines(shared.file());
            return lines.isEmpty() || lines.getFirst().isEmpty()
                ? new Lookup.Unavailable("the file " + shared.file() + " has no secret in its first line")
                : new Lookup.Known(shared.user(), lines.getFirst());
        } catch (IOException e) {
            return new Lookup.Unavailable("the file " + shared.file() + " cannot be read: " + e.getMessage());
        }
    }
}
