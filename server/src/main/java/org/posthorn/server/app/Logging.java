package org.posthorn.server.app;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
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
        Files.createDirectories(home.log());
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        context.putProperty("posthorn.home", home.directory().toString());
        var configurator = new JoranConfigurator();
        configurator.setContext(context);
        try {
            configurator.doConfigure(home.conf().resolve("logback.xml").toFile());
        } catch (JoranException e) {
            throw new IOException(home.conf().resolve("logback.xml") + ": " + e.getMessage(), e);
        }
    }
}
