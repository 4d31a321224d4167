package org.posthorn.server.bench;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Which messages of one run came out, how often, and when the last did. Guarded by itself. */
public final class Tally {

    private final String run;
    private final int[] times;
    private int copies;
    private Instant last = Instant.MIN;

    /** None so far. */
    public Tally(String run, int messages) {
        this.run = run;
        this.times = new int[messages];
    }

    /** The run's name. */
    public String run() {
        return run;
    }

    /** How many messages the run has. */
    public int messages() {
        return times.length;
    }

    /**
     * Counts a message that came out.
     *
     * @param headerLine any line of a header; only the one with an id of this run counts
     */
    public synchronized void saw(String headerLine, Instant when) {
        number(headerLine).ifPresent(number -> {
            times[number]++;
            copies++;
            last = when.isAfter(last) ? when : last;
        });
    }

    private Optional<Integer> number(String line) {
        var begin = Numbered.FIELD + run + "-";
        if (!line.startsWith(begin)) {
            return Optional.empty();
        }
        var digits = line.substring(begin.length());
        return digits.matches("[0-9]{1,9}") ? Optional.of(Integer.valueOf(digits)).filter(n -> n < times.length)
            : Optional.empty();
    }

    /** How many copies came out. */
    public synchronized int copies() {
        return copies;
    }

    /** When the last one did, if any. */
    synchronized Optional<Instant> last() {
        return copies == 0 ? Optional.empty() : Optional.of(last);
    }

    /** Numbers that came out never, of those that were accepted. */
    synchronized List<Integer> lost(Load load) {
        return IntStream.range(0, times.length).filter(n -> times[n] == 0 && load.isAccepted(n)).boxed().toList();
    }

    /** Numbers that came out more than once. */
    synchronized List<Integer> doubled() {
        return IntStream.range(0, times.length).filter(n -> times[n] > 1).boxed().toList();
    }
}
