package org.posthorn.mailets.port;

import java.time.Duration;

/** Waits. */
@FunctionalInterface
public interface Pause {

    /** Waits that long; ends early only when the server stops. */
    void pause(Duration time) throws InterruptedException;
}
