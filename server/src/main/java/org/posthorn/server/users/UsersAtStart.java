package org.posthorn.server.users;

import jakarta.inject.Inject;
import java.time.Duration;
import org.posthorn.server.Service;
import org.posthorn.server.database.DatabaseException;
import org.posthorn.server.log.EventLog;

/** Writes what others read of our users, before the server is ready: the file may be wanted since the last start. */
final class UsersAtStart implements Service {

    private static final EventLog LOG = EventLog.of(UsersAtStart.class);

    private final SqlDirectory directory;

    @Inject UsersAtStart(SqlDirectory directory) {
        this.directory = directory;
    }

    /** Mail goes on without Dovecot's file. */
    @Override public void start() {
        try {
            directory.writeForDovecot();
        } catch (DatabaseException e) {
            LOG.error("users-not-written", e);
        }
    }

    @Override public void stop(Duration grace) {
        // Nothing runs.
    }
}
