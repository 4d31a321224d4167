package org.posthorn.server.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.posthorn.server.app.ArchiveMaking;
import org.posthorn.server.app.Home;
import org.posthorn.server.app.HomeLock;
import org.posthorn.server.app.Logging;
import org.posthorn.server.app.Server;
import org.posthorn.server.config.ConfigException;
import org.posthorn.server.database.DatabaseException;
import org.posthorn.server.log.EventLog;

/** The server, in the foreground, until SIGTERM or SIGINT, which end it in order. */
final class ServerRun {

    private static final EventLog LOG = EventLog.of(ServerRun.class);

    private final Terminal terminal;

    ServerRun(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * Runs it. Does not return.
     *
     * @throws CommandException when it cannot start
     */
    int run(Path home) throws InterruptedException {
        var where = new Home(HomeOption.checked(home));
        try {
            var running = start(where);
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("posthorn-shutdown")
                .unstarted(() -> stop(running)));
            tell(running);
            LOG.info("ready", "home", where.directory());
            running.archive.start();
        } catch (IOException | ConfigException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        } catch (DatabaseException e) {
            throw new CommandException("the database in " + where.data() + " cannot be used: " + e.getMessage(), e);
        }
        new CountDownLatch(1).await();   // the shutdown hook ends this process
        return 0;
    }

    /** A server, and what is its home's. */
    record Running(Server server, ArchiveMaking archive, HomeLock lock) {

        void stop(Duration grace) throws IOException {
            archive.stop();
            server.stop(grace);
            lock.close();
        }
    }

    /** Starts a server, which nothing ends yet. */
    Running start(Home where) throws IOException {
        var lock = HomeLock.take(where);
        try {
            var server = Server.started(where);
            return new Running(server, new ArchiveMaking(where, server.archiveAfter()), lock);
        } catch (IOException e) {
            LOG.error("not-started", e);
            lock.close();
            throw e;
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private void tell(Running running) {
        running.server.listening().forEach(open -> terminal.out().println("listening " + open));
        terminal.out().println("posthorn ready");
        terminal.out().flush();
    }

    /** Ends the process too: its exit code says whether the end was as it should be, not that a signal came. */
    private static void stop(Running running) {
        var status = 0;
        try {
            running.stop(running.server.shutdownGrace());
            LOG.info("stopped");
        } catch (IOException | RuntimeException e) {
            LOG.error("stop-failed", e);
            status = 1;
        }
        try {
            Logging.stop();   // writes the last lines
        } finally {
            Runtime.getRuntime().halt(status);
        }
    }
}
