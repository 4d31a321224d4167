package org.posthorn.server.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The outcome of all runs: a line for each workload, medians of its runs, and all that was lost or doubled in them. */
final class Table {

    private static final String FORMAT = "%-10s %11s %13s %15s %12s %9s %6s %8s%n";

    private Table() {
    }

    static String of(Map<Workload, List<Run>> outcome) {
        var text = new StringBuilder(String.format(Locale.ROOT, FORMAT, "", "accepted/s", "end to end/s",
            "CPU s per 1,000", "dot-250: p50", "p99", "lost", "doubled"));
        outcome.forEach((workload, runs) -> text.append(String.format(Locale.ROOT, FORMAT, workload.id(),
            number("%,.0f", median(runs, run -> OptionalDouble.of(run.figures().accepted()))),
            number("%,.0f", median(runs, run -> run.figures().endToEnd())),
            number("%.2f", median(runs, run -> run.figures().cpu())),
            number("%.1f ms", median(runs, run -> OptionalDouble.of(run.figures().half()))),
            number("%.1f ms", median(runs, run -> OptionalDouble.of(run.figures().most()))),
            sum(runs, run -> run.lost().size()), sum(runs, run -> run.doubled().size()))));
        outcome.forEach((workload, runs) -> {
            if (workload == Workload.LARGE) {
                text.append(String.format(Locale.ROOT, "large: %s MB/s end to end%n", number("%,.0f",
                    median(runs, run -> run.figures().endToEnd().stream().map(rate -> rate * run.size() / 1e6)
                        .findFirst()))));
            }
        });
        return text.toString();
    }

    private static String sum(List<Run> runs, Function<Run, Integer> count) {
        return String.format(Locale.ROOT, "%,d", runs.stream().mapToInt(count::apply).sum());
    }

    private static OptionalDouble median(List<Run> runs, Function<Run, OptionalDouble> value) {
        return Run.median(runs.stream().map(value).filter(OptionalDouble::isPresent).map(OptionalDouble::getAsDouble)
            .collect(Collectors.toList()));
    }

    /** A dash for what is not known. */
    static String number(String format, OptionalDouble value) {
        return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble()) : "-";
    }
}
