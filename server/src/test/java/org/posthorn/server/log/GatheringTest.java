package org.posthorn.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class GatheringTest {

    private final HandTimer timer = new HandTimer();
    private final List<Duration> flushes = new ArrayList<>();   // when
    private final Gathering gathering =
        new Gathering(Duration.ofMillis(50), timer, () -> flushes.add(timer.now));

    /** A timer that a test turns. */
    private static final class HandTimer implements Gathering.Timer {
        private final PriorityQueue<Due> open = new PriorityQueue<>();
        private Duration now = Duration.ZERO;

        private record Due(Duration when, Runnable work) implements Comparable<Due> {
            @Override public int compareTo(Due other) {
                return when.compareTo(other.when);
            }
        }

        @Override public void after(Duration time, Runnable work) {
            open.add(new Due(now.plus(time), work));
        }

        void passes(long millis) {
            var end = now.plusMillis(millis);
            while (!open.isEmpty() && open.peek().when.compareTo(end) <= 0) {
                now = open.peek().when;
                open.poll().work.run();
            }
            now = end;
        }
    }

    private static Duration[] millis(long... all) {
        return Arrays.stream(all).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }

    @Test void linesAreWrittenTogetherAtTheLatestSoLongAfterTheFirst() {
        gathering.added();
        timer.passes(30);
        gathering.added();
        timer.passes(19);
        assertThat(flushes).isEmpty();
        timer.passes(1);
        assertThat(flushes).containsExactly(millis(50));
    }

    @Test void theNextLineWaitsAsLongAnew() {
        gathering.added();
        timer.passes(70);
        gathering.added();
        timer.passes(49);
        assertThat(flushes).containsExactly(millis(50));
        timer.passes(1);
        assertThat(flushes).containsExactly(millis(50, 120));
    }

    @Test void noTimerRunsWhileThereIsNothingToWrite() {
        assertThat(timer.open).isEmpty();
        gathering.added();
        gathering.added();
        assertThat(timer.open).hasSize(1);
        timer.passes(50);
        assertThat(timer.open).isEmpty();
    }

    @Test void whatIsUrgentTakesAllThatWaitsWithIt() {
        gathering.added();
        timer.passes(10);
        gathering.now();
        assertThat(flushes).containsExactly(millis(10));
    }

    @Test void aLineAfterAnUrgentOneIsNotForgotten() {
        gathering.added();
        gathering.now();
        gathering.added();
        timer.passes(50);
        assertThat(flushes).last().isEqualTo(Duration.ofMillis(50));
    }

    @Test void aLineThatComesDuringAFlushAsksForAnother() {
        var all = new ArrayList<Gathering>();
        var times = new ArrayList<Duration>();
        all.add(new Gathering(Duration.ofMillis(50), timer, () -> {
            times.add(timer.now);
            if (times.size() == 1) {
                all.getFirst().added();   // too late for this one
            }
        }));
        all.getFirst().added();
        timer.passes(200);
        assertThat(times).containsExactly(millis(50, 100));
    }

    @Test void withNoTimeToWaitEachLineIsWrittenAtOnce() {
        var each = new Gathering(Duration.ZERO, timer, () -> flushes.add(timer.now));
        each.added();
        each.added();
        assertThat(flushes).hasSize(2);
        assertThat(timer.open).isEmpty();
    }

    @Test void fromTheEndOnNoLineWaits() {
        gathering.added();
        gathering.end();
        assertThat(flushes).hasSize(1);
        gathering.added();
        assertThat(flushes).hasSize(2);
    }

    @Test void aLineThatNoTimerTakesIsWrittenAtOnce() {
        var ending = new Gathering(Duration.ofMillis(50), (_, _) -> {
            throw new RejectedExecutionException();
        }, () -> flushes.add(timer.now));
        ending.added();
        ending.added();
        assertThat(flushes).hasSize(2);
    }
}
