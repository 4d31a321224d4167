package org.posthorn.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ListenerLogTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(ListenerLog.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

    @BeforeEach void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach void leave() {
        logger.detachAppender(lines);
    }

    @Test void whatFailsTenTimesASecondIsWrittenOnceAMinute() {
        var log = new ListenerLog("smtp", now::get);
        for (var i = 0; i < 1201; i++) {
            log.acceptFailed(new IOException("Too many open files"));
            now.addAndGet(Duration.ofMillis(100).toNanos());
        }
        assertThat(written()).isEqualTo(List.of(line(1), line(600), line(600)));
    }

    @Test void eachListenerSpeaksForItself() {
        for (var name : List.of("smtp", "lmtp")) {
            new ListenerLog(name, now::get).acceptFailed(new IOException("x"));
        }
        assertThat(written()).hasSize(2);
    }

    private List<String> written() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static String line(int times) {
        return "event=accept-failed listener=smtp times=" + times + " why=\"Too many open files\"";
    }
}
