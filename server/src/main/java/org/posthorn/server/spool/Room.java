package org.posthorn.server.spool;

import java.time.InstantSource;

/** How much may still be written to the spool's disk, asked of the system at most once a second. Thread-safe. */
final class Room {

    private static final long FRESH = 1000;     // milliseconds

    private final BodyStore store;
    private final InstantSource clock;
    private volatile Known known = new Known(0, Long.MIN_VALUE);

    Room(BodyStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    private record Known(long octets, long at) {
    }

    /** Octets; right to a second. */
    long usable() {
        var now = clock.millis();
        var last = known;
        if (last.at() > now || last.at() < now - FRESH) {       // a clock that stepped back makes it stale, too
            last = new Known(store.usable(), now);
            known = last;
        }
        return last.octets();
    }
}
