package org.posthorn.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class TableTest {

    private static Run run(double accepted, OptionalDouble cpu, List<Integer> lost) {
        return new Run("r", 10 << 20, new Run.Figures(accepted, OptionalDouble.of(accepted / 2), cpu, 3.25, 70),
            lost, List.of(), Optional.empty());
    }

    @Test void aLineHasTheMediansOfTheRunsAndTheSumsOfWhatWentWrong() {
        var outcome = new EnumMap<Workload, List<Run>>(Map.of(
            Workload.RELAY, List.of(run(1000, OptionalDouble.of(2), List.of(1, 2)),
                run(3000, OptionalDouble.of(4), List.of(7)), run(2000, OptionalDouble.of(9), List.of())),
            Workload.LARGE, List.of(run(20, OptionalDouble.empty(), List.of()))));
        assertThat(Table.of(outcome)).isEqualToNormalizingNewlines("""
                        accepted/s  end to end/s CPU s per 1,000 dot-250: p50       p99   lost  doubled
            relay            2,000         1,000            4.00       3.3 ms   70.0 ms      3        0
            large               20            10               -       3.3 ms   70.0 ms      0        0
            large: 105 MB/s end to end
            """);
    }
}
