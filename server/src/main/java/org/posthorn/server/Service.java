package org.posthorn.server;

import java.io.IOException;
import java.time.Duration;

/** Something that runs between start and stop: it owns threads, files or sockets. */
public interface Service {

    /** Opens what it needs and begins. On failure nothing stays open. */
    void start() throws IOException;

    /** Takes no more work, finishes what is in hand within the grace, then closes. Also after a failed start. */
    void stop(Duration grace);
}
