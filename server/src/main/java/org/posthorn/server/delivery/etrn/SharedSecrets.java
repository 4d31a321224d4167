package org.posthorn.server.delivery.etrn;

import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.posthorn.protocols.sasl.Secrets;
import org.posthorn.server.config.SecretFile;
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
     * @param file with the secret
     */
    record Shared(String user, SecretFile file) {

        /** Reads {@code <cram-md5>}. */
        static Shared read(Section element, Path home) {
            return new Shared(element.value("user", "", Access::address).toLowerCase(Locale.ROOT),
                new SecretFile(home.resolve(element.required("secret-file"))));
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
            return new Lookup.Known(shared.user(), shared.file().read());
        } catch (IOException e) {
            return new Lookup.Unavailable(e.getMessage());
        }
    }
}
