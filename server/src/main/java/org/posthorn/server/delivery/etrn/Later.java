package org.posthorn.server.delivery.etrn;

import java.time.Duration;

/** Runs something after a while. Thread-safe. */
interface Later {

    /** Once, on another thread; not at all when the server stops before. */
    void run(Duration wait, Runnable what);
}
