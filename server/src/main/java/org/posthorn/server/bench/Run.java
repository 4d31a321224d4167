package org.posthorn.server.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * What one run came to.
 *
 * @param name such as {@code maildir run 2 of 3}
 * @param size of a message, in octets
 * @param lost numbers of messages that were accepted and never came out
 * @param doubled numbers of messages that came out more than once
 */
record Run(String name, int size, Figures figures, List<Integer> lost, List<Integer> doubled,
           Optional<Load.Refused> refused) {

    private static final int SHOWN = 10;

    Run {
        lost = List.copyOf(lost);
        doubled = List.copyOf(doubled);
    }

    /**
     * The speed.
     *
     * @param accepted messages a second, from the first connection to the last 250
     * @param endToEnd messages a second, from the first connection to the last arrival; empty where none is seen
     * @param cpu seconds of the server's process for 1,000 messages; empty where it is not known
     * @param half milliseconds from the dot to the 250, which half of the messages did not exceed
     * @param most the same of 99 in 100
     */
    record Figures(double accepted, OptionalDouble endToEnd, OptionalDouble cpu, double half, double most) {
    }

    static Run of(String name, int size, Load load, Optional<Tally> arrived, Optional<Duration> cpu) {
        var accepted = load.accepted();
        var waits = load.waits();
        var endToEnd = arrived.flatMap(Tally::last).map(last -> Duration.between(load.begun(), last));
        return new Run(name, size, new Figures(rate(accepted, load.took()),
                number(endToEnd.map(took -> rate(arrived.orElseThrow().copies(), took))),
                number(cpu.filter(_ -> accepted > 0).map(took -> seconds(took) * 1000 / accepted)),
                percentile(waits, 50) / 1e6, percentile(waits, 99) / 1e6),
            arrived.map(tally -> tally.lost(load)).orElse(List.of()), arrived.map(Tally::doubled).orElse(List.of()),
            load.refused());
    }

    /** Of so many in that time; 0 when there was none. */
    static double rate(int messages, Duration took) {
        return took.isPositive() ? messages / seconds(took) : 0;
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }

    private static OptionalDouble number(Optional<Double> value) {
        return value.map(OptionalDouble::of).orElse(OptionalDouble.empty());
    }

    /**
     * The smallest value that so many in a hundred do not exceed (nearest rank); 0 of none.
     *
     * @param ascending sorted
     */
    static long percentile(long[] ascending, int hundredths) {
        return ascending.length == 0 ? 0 : ascending[Math.ceilDiv(ascending.length * hundredths, 100) - 1];
    }

    /** The middle one, or between the two in the middle; empty of none. */
    static OptionalDouble median(List<Double> values) {
        var sorted = values.stream().sorted().toList();
        var middle = sorted.size() / 2;
        return sorted.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(sorted.size() % 2 == 1
            ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2);
    }

    /** What went wrong, each in a line; none when every message came out exactly once. */
    List<String> faults() {
        var faults = new ArrayList<String>();
        if (!lost.isEmpty()) {
            faults.add(name + ": accepted and lost " + numbers(lost));
        }
        if (!doubled.isEmpty()) {
            faults.add(name + ": came twice or more " + numbers(doubled));
        }
        refused.ifPresent(those -> faults.add(name + ": not accepted " + those.messages()
            + (those.first().isEmpty() ? "" : "; first: " + those.first())));
        return faults;
    }

    private static String numbers(List<Integer> which) {
        return which.size() + ": " + which.stream().limit(SHOWN).map(number -> "number " + number)
            .collect(Collectors.joining(", ")) + (which.size() > SHOWN ? " and more" : "");
    }

    /** In a line. */
    @Override public String toString() {
        return String.format(Locale.ROOT, "%s: accepted %,.0f/s, end to end %s/s, CPU %s s per 1,000", name,
            figures.accepted(), Table.number("%,.0f", figures.endToEnd()), Table.number("%.2f", figures.cpu()));
    }
}
