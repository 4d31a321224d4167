package org.posthorn.server.bench;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Tells how far a run is: by a bar that is drawn again and again on a terminal, else by a line now and then. Guarded by
 * itself.
 */
public final class Progress {

    private static final int WIDTH = 24;
    private static final Duration LINE_EVERY = Duration.ofSeconds(10);
    private static final Duration BAR_EVERY = Duration.ofMillis(100);
    private static final String BACK = "\r\033[K";   // to the line's begin, and nothing on it

    private final PrintWriter out;
    private final boolean isTerminal;
    private final LongSupplier nanos;
    private long told;
    private boolean isBarShown;
    private boolean isEnded;

    /**
     * Prepares it.
     *
     * @param nanos a clock that does not step
     */
    public Progress(PrintWriter out, boolean isTerminal, LongSupplier nanos) {
        this.out = out;
        this.isTerminal = isTerminal;
        this.nanos = nanos;
        this.told = nanos.getAsLong();
    }

    /**
     * Shows how far it is, if it is time to.
     *
     * @param done of {@code all}
     */
    synchronized void at(String what, int done, int all) {
        var now = nanos.getAsLong();
        if (isEnded || now - told < (isTerminal ? BAR_EVERY : LINE_EVERY).toNanos()) {
            return;
        }
        told = now;
        var percent = all == 0 ? 100 : (int) (100L * Math.min(done, all) / all);
        var count = String.format(Locale.ROOT, "%3d %%  %,d of %,d", percent, done, all);
        if (isTerminal) {
            var filled = WIDTH * percent / 100;
            out.print(BACK + what + " [" + "#".repeat(filled) + ".".repeat(WIDTH - filled) + "] " + count);
            isBarShown = true;
        } else {
            out.println(what + ": " + count.strip());
        }
        out.flush();
    }

    /** Says a line, in the place of the bar. */
    public synchronized void line(String text) {
        if (!isEnded) {
            out.println((isBarShown ? BACK : "") + text);
            out.flush();
            isBarShown = false;
            told = nanos.getAsLong();
        }
    }

    /** Says that, and nothing more. */
    public synchronized void end(String last) {
        line(last);
        isEnded = true;
    }
}
