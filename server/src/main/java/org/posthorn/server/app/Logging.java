package org.posthorn.server.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.LoggerContextListener;
import ch.qos.logback.core.joran.spi.JoranException;
import java.io.IOException;
import java.nio.file.Files;
import org.slf4j.LoggerFactory;

/** Turns the log of a home on: {@code conf/logback.xml}, which writes to {@code log/}. */
public final class Logging {

    private Logging() {
    }

    /** Replaces the quiet configuration of the commands by the home's own. */
    public static void use(Home home) throws IOException {
        use(home, (LoggerContext) LoggerFactory.getILoggerFactory());
    }

    static void use(Home home, LoggerContext context) throws IOException {
        Files.createDirectories(home.log());
        context.addListener(new HomeProperty(home));
        context.reset();
        var configurator = new JoranConfigurator();
        configurator.setContext(context);
        try {
            configurator.doConfigure(home.conf().resolve("logback.xml").toFile());
        } catch (JoranException e) {
            throw new IOException(home.conf().resolve("logback.xml") + ": " + e.getMessage(), e);
        }
    }

    /** Says where the home is each time that logback begins anew, as it does when its file was changed. */
    private record HomeProperty(Home home) implements LoggerContextListener {

        @Override public boolean isResetResistant() {
            return true;
        }

        @Override public void onReset(LoggerContext context) {
            context.putProperty("posthorn.home", home.directory().toString());
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
