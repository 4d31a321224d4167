package org.posthorn.server.log;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * When lines that were gathered in memory go to their file: together, at the latest a fixed time after the first of
 * them, and at once where an operator waits for one or the process ends. While there is nothing to write no timer runs.
 * Thread-safe.
 */
final class Gathering {

    private final Duration longest;
    private final Timer timer;
    private final Runnable flush;
    private final AtomicBoolean due = new AtomicBoolean();   // a flush is to come that writes what is here now
    private volatile boolean each;

    /**
     * Lines that wait no longer than that.
     *
     * @param longest zero for each line at once
     * @param flush writes all lines that were added before it is called
     */
    Gathering(Duration longest, Timer timer, Runnable flush) {
        this.longest = longest;
        this.timer = timer;
        this.flush = flush;
        this.each = longest.isZero();
    }

    /** Does something once, later. */
    @FunctionalInterface
    interface Timer {

        /**
         * Asks for it.
         *
         * @throws RejectedExecutionException when there will be no later
         */
        void after(Duration time, Runnable work);
    }

    /** A line was added that can wait. */
    void added() {
        if (each) {
            flush.run();
        } else if (!due.get() && due.compareAndSet(false, true)) {
            try {
                timer.after(longest, this::now);
            } catch (RejectedExecutionException e) {
                now();   // what runs the timer is ending, and the log after it
            }
        }
    }

    /** Writes what is there. */
    void now() {
        due.set(false);   // before: a line that comes meanwhile asks for a flush of its own
        flush.run();
    }

    /** From now on no line waits. */
    void end() {
        each = true;
        flush.run();
    }
}
