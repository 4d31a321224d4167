package org.posthorn.server.spool;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until a test moves it. */
public final class TestClock implements InstantSource {

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-01T12:00:00Z"));
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE);     // may run over

    @Override public Instant instant() {
        return now.get();
    }

    /** As {@link System#nanoTime}: it never steps. */
    public long nanos() {
        return nanos.get();
    }

    /** Lets time pass; backwards, it is the clock that steps. */
    public void pass(Duration time) {
        now.updateAndGet(before -> before.plus(time));
        nanos.addAndGet(Math.max(0, time.toNanos()));
    }
}
