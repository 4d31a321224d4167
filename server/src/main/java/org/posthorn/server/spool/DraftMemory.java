package org.posthorn.server.spool;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many octets all drafts together may hold in memory. A draft that gets no more goes on in a file of its own: so
 * many small messages at once cost disk, and never the heap. Thread-safe.
 */
final class DraftMemory {

    private final long limit;
    private final AtomicLong taken = new AtomicLong();

    /** Inclusive. */
    DraftMemory(long limit) {
        this.limit = limit;
    }

    /** Takes so many octets, or none where that would be too many. */
    boolean take(long octets) {
        if (taken.addAndGet(octets) <= limit) {
            return true;
        }
        taken.addAndGet(-octets);
        return false;
    }

    /** Gives octets back that were taken. */
    void give(long octets) {
        taken.addAndGet(-octets);
    }

    /** Octets that are taken now. */
    long taken() {
        return taken.get();
    }
}
