package org.posthorn.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.ConsoleAppender;
import java.util.Iterator;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class QuietLogTest {

    private final LoggerContext context = new LoggerContext();
    private final Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);

    @Test void logbackFindsIt() {
        assertThat(ServiceLoader.load(Configurator.class)).hasAtLeastOneElementOfType(QuietLog.class);
    }

    @Test void aFileAmongTheClassesCountsMore() {
        assertThat(new QuietLog().configure(context)).isEqualTo(Configurator.ExecutionStatus.INVOKE_NEXT_IF_ANY);
        assertThat(appenders()).isExhausted();
    }

    @Test void onlyWhatAnOperatorMustSeeIsWrittenToStandardError() {
        QuietLog.quiet(context);
        assertThat(root.isWarnEnabled()).isTrue();
        assertThat(root.isInfoEnabled()).isFalse();
        assertThat(appenders().next()).isInstanceOfSatisfying(ConsoleAppender.class, terminal -> {
            assertThat(terminal.isStarted()).isTrue();
            assertThat(terminal.getTarget()).isEqualTo("System.err");
        });
    }

    private Iterator<?> appenders() {
        return context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
    }
}
