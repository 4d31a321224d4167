package org.posthorn.server.log;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Keeps a warning that may come many times a second from filling the log: the first one is written at once, then one a
 * minute at most, with how many there were. Thread-safe.
 */
public final class Repeats {

    private static final long EVERY = Duration.ofMinutes(1).toNanos();

    private final LongSupplier nanos;
    private long notBefore;     // guarded by this, as all below
    private long times;

    /**
     * None was written yet.
     *
     * @param nanos as {@link System#nanoTime}
     */
    public Repeats(LongSupplier nanos) {
        this.nanos = nanos;
        this.notBefore = nanos.getAsLong();
    }

    /** It happened again: of how many, this one included, a line is to be written now; 0 for none. */
    public synchronized long count() {
        var now = nanos.getAsLong();
        times++;
        if (now - notBefore < 0) {
            return 0;
        }
        notBefore = now + EVERY;
        var told = times;
        times = 0;
        return told;
    }
}
