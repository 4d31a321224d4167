package org.posthorn.server.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.status.NopStatusListener;
import java.util.List;
import org.slf4j.Logger;

/**
 * The log before a home's own {@code conf/logback.xml} is in use, and that of commands: only what an operator must see,
 * on standard error. Logback finds it as a service. A {@code logback.xml} among the classes, as tests have one, counts
 * more; to read one would take each command, and each start, some 40 ms.
 */
public final class QuietLog extends ContextAwareBase implements Configurator {

    private static final List<String> FILES = List.of("/logback-test.xml", "/logback.xml");

    /** For Logback. */
    public QuietLog() {
    }

    @Override public ExecutionStatus configure(LoggerContext context) {
        if (FILES.stream().anyMatch(file -> QuietLog.class.getResource(file) != null)) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        quiet(context);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    static void quiet(LoggerContext context) {
        context.getStatusManager().add(new NopStatusListener());
        var lines = new PatternLayoutEncoder();
        lines.setContext(context);
        lines.setPattern("%-5level %msg%n%ex");
        lines.start();
        var terminal = new ConsoleAppender<ILoggingEvent>();
        terminal.setContext(context);
        terminal.setName("stderr");
        terminal.setTarget("System.err");
        terminal.setEncoder(lines);
        terminal.start();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(terminal);
    }
}
