package org.posthorn.server.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class EventLogTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(EventLogTest.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach void leave() {
        logger.detachAppender(lines);
    }

    @Test void idsComeFirst() {
        var log = EventLog.of(EventLogTest.class).mail("k3f9").connection("c17");
        log.info("deferred", "to", "a@b.example", "code", 451);
        assertEquals("mail=k3f9 conn=c17 event=deferred to=a@b.example code=451", only());
    }

    @Test void whatAPeerSaysCannotForgeALine() {
        EventLog.of(EventLogTest.class).info("helo", "name", "x\r\nevent=fake \"y\"");
        assertEquals("event=helo name=\"x\\u000d\\u000aevent=fake \\\"y\\\"\"", only());
    }

    @Test void aLongValueIsCut() {
        EventLog.of(EventLogTest.class).info("helo", "name", "x".repeat(501));
        assertEquals("event=helo name=" + "x".repeat(500) + "...", only());
    }

    private String only() {
        assertEquals(1, lines.list.size());
        return lines.list.getFirst().getFormattedMessage();
    }
}
