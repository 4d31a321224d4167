package org.posthorn.server.bounce;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.posthorn.protocols.address.Mailbox;

/**
 * How many reports one address got of late. Remembers {@link #MOST} addresses; the one that got its first report of a
 * period longest ago is forgotten first. Thread-safe, by one lock.
 */
final class ReportRate {

    static final int MOST = 10_000;

    private final int most;
    private final Duration period;
    private final Map<String, Window> windows = new LinkedHashMap<>();

    private static final class Window {
        private final Instant began;
        private int reports;

        Window(Instant began) {
            this.began = began;
        }
    }

    /**
     * Nobody got one yet.
     *
     * @param most reports in a period; 0 for no limit
     */
    ReportRate(int most, Duration period) {
        this.most = most;
        this.period = period;
    }

    /** Counts a report to an address, and tells whether it is one too many. */
    boolean isTooMuch(Mailbox to, Instant now) {
        if (most == 0) {
            return false;
        }
        var name = to.toString().toLowerCase(Locale.ROOT);
        synchronized (windows) {
            var window = windows.get(name);
            // A clock that is set back begins a new period too.
            if (window == null || !now.isBefore(window.began.plus(period)) || now.isBefore(window.began)) {
                windows.remove(name);
                window = new Window(now);
                windows.put(name, window);
                if (windows.size() > MOST) {
                    windows.remove(windows.keySet().iterator().next());
                }
            }
            return ++window.reports > most;
        }
    }
}
