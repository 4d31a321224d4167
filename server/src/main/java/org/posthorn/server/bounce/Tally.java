package org.posthorn.server.bounce;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.posthorn.mailets.port.BounceKind;

/** Counts since the start: failures and delays by their kind, and what was done about reports. Thread-safe. */
@Singleton
public final class Tally {

    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    /** All zero. */
    @Inject public Tally() {
        // Nothing yet.
    }

    /** A recipient failed for good. */
    public void failed(BounceKind kind) {
        count("failed " + kind.word());
    }

    /** An attempt was put off. */
    public void deferred(BounceKind kind) {
        count("deferred " + kind.word());
    }

    /**
     * Something was done about a report.
     *
     * @param what {@code sent}, or the rule by which it was not, and what became of it
     */
    public void report(String what) {
        count("report " + what);
    }

    private void count(String what) {
        counts.computeIfAbsent(what, _ -> new LongAdder()).increment();
    }

    /** All counts that are not zero, by name. */
    public Map<String, Long> counts() {
        var all = new TreeMap<String, Long>();
        counts.forEach((name, count) -> all.put(name, count.sum()));
        return all;
    }
}
