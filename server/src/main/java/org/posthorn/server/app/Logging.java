package org.posthorn.server.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.LoggerContextListener;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.model.processor.DefaultProcessor;
import ch.qos.logback.core.status.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problems;
import org.slf4j.LoggerFactory;

/** Turns the log of a home on: {@code conf/logback.xml}, which writes to {@code log/}. */
public final class Logging {

    private static final String FILE = "logback.xml";
    private static final String HOME = "posthorn.home";

    private Logging() {
    }

    /**
     * Replaces the quiet configuration of the commands by the home's own.
     *
     * @param problems gets what Logback does not understand of it
     */
    public static void use(Home home, Problems problems) throws IOException {
        use(home, (LoggerContext) LoggerFactory.getILoggerFactory(), problems);
    }

    /** Ends it: nothing is written to a home that is about to go. */
    public static void stop() {
        ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
    }

    static void use(Home home, LoggerContext context, Problems problems) throws IOException {
        Files.createDirectories(home.log());
        context.addListener(new HomeProperty(home));
        context.reset();
        configure(home.conf().resolve(FILE), context, problems);
    }

    /**
     * Tells what is wrong with the home's configuration of the log. Nothing is written to the home: another user than
     * the server's may ask, whose log files the server could not write to.
     */
    public static void check(Home home, Problems problems) throws IOException {
        var elsewhere = Files.createTempDirectory("posthorn-check-");
        var context = new LoggerContext();
        try {
            context.putProperty(HOME, elsewhere.toString());
            configure(home.conf().resolve(FILE), context, problems);
        } finally {
            context.stop();
            try (var left = Files.walk(elsewhere)) {
                for (var file : left.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void configure(Path file, LoggerContext context, Problems problems) {
        if (ConfigFile.read(file, "configuration", problems).isEmpty()) {
            return;   // Logback would tell the same, in more words and without the line
        }
        var configurator = new JoranConfigurator();
        configurator.setContext(context);
        try {
            configurator.doConfigure(file.toFile());
        } catch (JoranException e) {
            problems.add(FILE, 0, String.valueOf(e.getMessage()));
        }
        context.getStatusManager().getCopyOfStatusList().stream()
            .filter(status -> status.getLevel() >= Status.WARN)
            .filter(status -> !(status.getOrigin() instanceof DefaultProcessor))   // what its handlers told already
            .map(Status::getMessage)
            .filter(message -> !message.contains("not referenced"))   // an appender kept for another day
            .distinct().forEach(message -> problems.add(FILE, 0, message.strip()));
    }

    /** Says where the home is each time that logback begins anew, as it does when its file was changed. */
    private static final class HomeProperty implements LoggerContextListener {
        private final Home home;

        HomeProperty(Home home) {
            this.home = home;
        }

        @Override public boolean isResetResistant() {
            return true;
        }

        @Override public void onReset(LoggerContext context) {
            context.putProperty(HOME, home.directory().toString());
        }

        @Override public void onStart(LoggerContext context) {
            // nothing to be done
        }

        @Override public void onStop(LoggerContext context) {
            // nothing to be done
        }

        @Override public void onLevelChange(Logger logger, Level level) {
            // nothing to be done
        }
    }
}
