package org.posthorn.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.Duration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatheredFileTest {

    @TempDir Path folder;

    private final LoggerContext context = new LoggerContext();
    private final GatheredFile file = new GatheredFile();

    @AfterEach void end() {
        context.stop();
    }

    private Path path() {
        return folder.resolve("posthorn.log");
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(path());
    }

    /** A logger that writes to the file. */
    private Logger logger(String flushAfter) {
        context.setMDCAdapter(new LogbackMDCAdapter());
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%msg%n");
        encoder.start();
        file.setContext(context);
        file.setFile(path().toString());
        var policy = new FixedWindowRollingPolicy();
        policy.setContext(context);
        policy.setParent(file);
        policy.setFileNamePattern(folder.resolve("posthorn-%i.log").toString());
        policy.start();
        var trigger = new SizeBasedTriggeringPolicy<ILoggingEvent>();
        trigger.setContext(context);
        trigger.start();
        file.setEncoder(encoder);
        file.setRollingPolicy(policy);
        file.setTriggeringPolicy(trigger);
        file.setFlushAfter(Duration.valueOf(flushAfter));
        file.start();
        var logger = context.getLogger("test");
        logger.addAppender(file);
        return logger;
    }

    @Test void aLineWaitsAndAWarningTakesItWithIt() throws IOException {
        var logger = logger("1 hour");
        logger.info("one");
        logger.info("two");
        assertThat(lines()).isEmpty();
        logger.warn("three");
        assertThat(lines()).containsExactly("one", "two", "three");
    }

    @Test void anErrorIsWrittenAtOnce() throws IOException {
        logger("1 hour").error("broke");
        assertThat(lines()).containsExactly("broke");
    }

    @Test void eightKibAreWrittenByWholeLines() throws IOException {
        var logger = logger("1 hour");
        for (var i = 0; i < 100; i++) {
            logger.info("x".repeat(99));
        }
        assertThat(Files.readString(path())).hasSize(8_100).endsWith("x\n");
    }

    @Test void theStopWritesWhatWaits() throws IOException {
        var logger = logger("1 hour");
        logger.info("last");
        context.stop();
        assertThat(lines()).containsExactly("last");
    }

    @Test void aNewFileBeginsAfterAllThatWaitsIsInTheOldOne() throws IOException {
        var logger = logger("1 hour");
        logger.info("old");
        file.rollover();
        logger.info("new");
        context.stop();
        assertThat(Files.readAllLines(folder.resolve("posthorn-1.log"))).containsExactly("old");
        assertThat(lines()).containsExactly("new");
    }

    @Test void withoutDelayEachLineIsWrittenAtOnce() throws IOException {
        logger("0 seconds").info("one");
        assertThat(lines()).containsExactly("one");
    }

    @Test void aLineIsWrittenAfterTheDelay() throws Exception {
        logger("1 millisecond").info("one");
        var patience = System.nanoTime() + java.time.Duration.ofSeconds(20).toNanos();
        while (lines().isEmpty() && System.nanoTime() < patience) {
            Thread.onSpinWait();
        }
        assertThat(lines()).containsExactly("one");
    }
}
