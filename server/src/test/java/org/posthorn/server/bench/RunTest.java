package org.posthorn.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunTest {

    private static Run run(List<Integer> lost, List<Integer> doubled, Optional<Load.Refused> refused) {
        return new Run("relay run 1 of 3", 4096,
            new Run.Figures(1234.4, OptionalDouble.of(1200), OptionalDouble.empty(), 1, 2), lost, doubled, refused);
    }

    @ParameterizedTest @CsvSource({"1, 50, 1", "1, 99, 1", "2, 50, 1", "2, 99, 2", "100, 50, 50", "100, 99, 99",
        "101, 99, 100", "200000, 99, 198000"})
    void aPercentileIsTheNearestRank(int values, int hundredths, long expected) {
        assertThat(Run.percentile(LongStream.rangeClosed(1, values).toArray(), hundredths)).isEqualTo(expected);
    }

    @Test void ofNothingThereAreNoFigures() {
        assertThat(Run.percentile(new long[0], 50)).isZero();
        assertThat(Run.median(List.of())).isEmpty();
        assertThat(Run.rate(3, Duration.ZERO)).isZero();
    }

    @Test void theMedianIsInTheMiddle() {
        assertThat(Run.median(List.of(9.0, 1.0, 2.0))).hasValue(2);
        assertThat(Run.median(List.of(9.0, 1.0, 2.0, 4.0))).hasValue(3);
        assertThat(Run.rate(3, Duration.ofMillis(1500))).isEqualTo(2);
    }

    @Test void aRunIsALine() {
        assertThat(run(List.of(), List.of(), Optional.empty()))
            .hasToString("relay run 1 of 3: accepted 1,234/s, end to end 1,200/s, CPU - s per 1,000");
    }

    @Test void faultsSayWhichMessages() {
        assertThat(run(List.of(), List.of(), Optional.empty()).faults()).isEmpty();
        assertThat(run(IntStream.range(5, 16).boxed().toList(), List.of(7),
            Optional.of(new Load.Refused(2, "the server said: 452 full"))).faults()).containsExactly(
            "relay run 1 of 3: accepted and lost 11: number 5, number 6, number 7, number 8, number 9, number 10, "
                + "number 11, number 12, number 13, number 14 and more",
            "relay run 1 of 3: came twice or more 1: number 7",
            "relay run 1 of 3: not accepted 2; first: the server said: 452 full");
    }
}
