package org.posthorn.server.bounce;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.spool.QueueId;

/**
 * How many reports of one kind an address got of late. Remembers {@link #MOST} such; the one that got its first report
 * of a period longest ago is forgotten first. Thread-safe, by one lock.
 */
final class ReportRate {

    static final int MOST = 10_000;

    private final int most;
    private final Duration period;
    private final Map<Key, Window> windows = new LinkedHashMap<>();

    private record Key(String kind, String address) {
    }

    private static final class Window {
        private final Instant began;
        private final Set<QueueId> counted = new HashSet<>();   // as many as there may be reports
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

    /**
     * Counts a report to an address, and tells whether it is one too many.
     *
     * @param kind reports of each kind are counted for themselves
     * @param once a message on which all reports together count as one
     */
    boolean isTooMuch(String kind, Mailbox to, Optional<QueueId> once, Instant now) {
        if (most == 0) {
            return false;
        }
        var name = new Key(kind, to.toString().toLowerCase(Locale.ROOT));
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
            if (once.filter(window.counted::contains).isPresent()) {
                return false;
            }
            if (window.reports == most) {
                return true;
            }
            window.reports++;
            once.ifPresent(window.counted::add);
            return false;
        }
    }
}
