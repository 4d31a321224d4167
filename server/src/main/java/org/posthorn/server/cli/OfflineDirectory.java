package org.posthorn.server.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Function;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problems;
import org.posthorn.server.database.DatabaseConfig;
import org.posthorn.server.database.DatabaseException;
import org.posthorn.server.database.DerbyDatabase;
import org.posthorn.server.users.Directory;
import org.posthorn.server.users.PasswordVerifiers;
import org.posthorn.server.users.SqlDirectory;
import org.posthorn.server.users.UsersConfig;

/** The directory of a home whose server does not run: opens its database, and closes it again. */
public final class OfflineDirectory {

    private static final String LOG = "logback.configurationFile";

    private OfflineDirectory() {
    }

    /**
     * Works on the directory of a home. The database is made when there is none yet. Where nothing was logged before in
     * this process, and no log is configured, only warnings are logged, to standard error.
     *
     * @throws CommandException when the configuration is wrong, or the database cannot be opened
     */
    public static <T> T open(Path home, Function<Directory, T> work) {
        if (System.getProperty(LOG) == null) {
            System.setProperty(LOG, "org/posthorn/server/cli/logback.xml");
        }
        var config = config(home);
        var random = new SecureRandom();
        var database = new DerbyDatabase(DatabaseConfig.of(home), InstantSource.system());
        try {
            database.start();
            return work.apply(new SqlDirectory(database, new PasswordVerifiers(config, random), config, random));
        } catch (IOException | DatabaseException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        } finally {
            database.stop(Duration.ZERO);
        }
    }

    /** Passwords must cost what the server would take for them. */
    private static UsersConfig config(Path home) {
        var file = home.resolve("conf").resolve("users.xml");
        if (!Files.exists(file)) {
            return UsersConfig.defaults();
        }
        var problems = new Problems();
        var config = ConfigFile.read(file, "users", problems)
            .map(section -> UsersConfig.read(section, home));
        if (!problems.isEmpty()) {
            throw new CommandException(problems.all().getFirst() + "; posthorn check tells all that is wrong");
        }
        return config.orElseGet(UsersConfig::defaults);
    }
}
