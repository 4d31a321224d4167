package org.posthorn.server.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.util.Duration;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Logback's rolling file, whose lines are written together: when 8 KiB have come ({@code bufferSize}), after {@code
 * flushAfter} at the latest, and at once from WARN on, when it stops, and from the moment that the JVM begins to end.
 * Lines are never divided. A message has four lines, and each was a write of its own: 80,000 cycles of 5.6 million.
 *
 * <p>A JVM that is killed loses the lines of the last 50 ms ({@code flushAfter}).
 */
public final class GatheredFile extends RollingFileAppender<ILoggingEvent> {

    private Duration flushAfter = Duration.buildByMilliseconds(50);
    private Gathering gathering = new Gathering(java.time.Duration.ZERO, (_, work) -> work.run(), this::flush);
    private final Thread atEnd = Thread.ofPlatform().name("log-end").unstarted(this::endGathering);

    /** For Logback, which sets its properties. */
    public GatheredFile() {
    }

    /** How long a line may wait; 0 for each line at once. 50 ms by default. */
    public void setFlushAfter(Duration flushAfter) {
        this.flushAfter = flushAfter;
    }

    @Override public void start() {
        setImmediateFlush(false);
        gathering = new Gathering(java.time.Duration.ofMillis(flushAfter.getMilliseconds()), this::after, this::flush);
        super.start();
        if (isStarted()) {
            Runtime.getRuntime().addShutdownHook(atEnd);
        }
    }

    @Override protected void subAppend(ILoggingEvent event) {
        super.subAppend(event);
        if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
            gathering.now();
        } else {
            gathering.added();
        }
    }

    /** Writes what was gathered, and closes the file. */
    @Override public void stop() {
        try {
            Runtime.getRuntime().removeShutdownHook(atEnd);
        } catch (IllegalStateException e) {
            addInfo("The process is about to end.");
        }
        super.stop();
    }

    private void after(java.time.Duration time, Runnable work) {
        var _ = getContext().getScheduledExecutorService().schedule(work, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void endGathering() {
        gathering.end();
    }

    private void flush() {
        streamWriteLock.lock();
        try {
            if (isStarted()) {
                getOutputStream().flush();
            }
        } catch (IOException e) {
            addError("The log cannot be written.", e);
        } finally {
            streamWriteLock.unlock();
        }
    }
}
