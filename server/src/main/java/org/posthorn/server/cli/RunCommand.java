package org.posthorn.server.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.posthorn.server.app.ArchiveMaking;
import org.posthorn.server.app.Home;
import org.posthorn.server.app.HomeLock;
import org.posthorn.server.app.Logging;
import org.posthorn.server.app.Server;
import org.posthorn.server.config.ConfigException;
import org.posthorn.server.config.Problems;
import org.posthorn.server.database.DatabaseException;
import org.posthorn.server.log.EventLog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code posthorn run}: the server, in the foreground, until SIGTERM or SIGINT, which end it in order. */
@Command(name = "run", description = "Runs the server in the foreground, until SIGTERM.")
final class RunCommand implements Callable<Integer> {

    private static final EventLog LOG = EventLog.of(RunCommand.class);

    private final Terminal terminal;

    @Mixin private HomeOption home;

    RunCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override public Integer call() throws InterruptedException {
        var where = new Home(home.home());
        try {
            var lock = HomeLock.take(where);
            try {
                start(where, lock);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException | ConfigException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        } catch (DatabaseException e) {
            throw new CommandException("the database in " + where.data() + " cannot be used: " + e.getMessage(), e);
        }
        new CountDownLatch(1).await();   // the shutdown hook ends this process
        return 0;
    }

    private void start(Home where, HomeLock lock) throws IOException {
        var problems = new Problems();
        Logging.use(where, problems);
        var server = Server.assemble(where, problems);
        server.start();
        var archive = new ArchiveMaking(where, server.archiveAfter());
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("posthorn-shutdown")
            .unstarted(() -> stop(server, archive, lock)));
        server.listening().forEach(open -> terminal.out().println("listening " + open));
        terminal.out().println("posthorn ready");
        terminal.out().flush();
        LOG.info("ready", "home", where.directory());
        archive.start();
    }

    /** Ends the process too: its exit code says whether the end was as it should be, not that a signal came. */
    private static void stop(Server server, ArchiveMaking archive, HomeLock lock) {
        var status = 0;
        try {
            archive.stop();
            server.stop(server.shutdownGrace());
            lock.close();
            LOG.info("stopped");
        } catch (IOException | RuntimeException e) {
            LOG.error("stop-failed", e);
            status = 1;
        }
        Runtime.getRuntime().halt(status);
    }
}
