package org.posthorn.server.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class JvmHeapTest {

    private double live;
    private double garbage;
    private long nanos;
    private int collections;
    private final JvmHeap heap = new JvmHeap(() -> live + garbage, this::collect, () -> nanos);

    private void collect() {
        garbage = 0;
        collections++;
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    @Test void whatIsLessThanFourFifthsIsNoReasonToCollect() {
        live = 0.5;
        garbage = 0.29;
        assertThat(heap.isShort()).isFalse();
        assertThat(collections).isZero();
    }

    @Test void garbageIsCollectedAndNobodyIsRefusedForIt() {
        live = 0.2;
        garbage = 0.7;
        assertThat(heap.isShort()).isFalse();
        assertThat(collections).isEqualTo(1);
        for (var i = 0; i < 4; i++) {
            garbage = 0.7;
            pass(Duration.ofSeconds(1));
            assertThat(heap.isShort()).as("between two collections").isFalse();
        }
        assertThat(collections).as("at most one in five seconds").isEqualTo(1);
        pass(Duration.ofSeconds(1));
        assertThat(heap.isShort()).isFalse();
        assertThat(collections).isEqualTo(2);
    }

    @Test void whatSurvivesACollectionIsShortUntilTheNext() {
        live = 0.81;
        assertThat(heap.isShort()).isTrue();
        pass(Duration.ofSeconds(4));
        assertThat(heap.isShort()).isTrue();
        live = 0.2;
        garbage = 0.7;
        assertThat(heap.isShort()).as("it cannot know").isTrue();
        pass(Duration.ofSeconds(1));
        assertThat(heap.isShort()).isFalse();
    }

    @Test void whenNearlyAllIsInUseItIsShortAtOnce() {
        live = 0.2;
        garbage = 0.7;
        assertThat(heap.isShort()).isFalse();
        pass(Duration.ofSeconds(1));
        live = 0.96;
        assertThat(heap.isShort()).isTrue();
        assertThat(collections).isEqualTo(1);
    }

    @Test void whoAsksDuringACollectionIsToldTheVerdictOfTheOneBefore() {
        var told = new boolean[1];
        var busy = new JvmHeap[1];
        busy[0] = new JvmHeap(() -> live + garbage, () -> {
            told[0] = busy[0].isShort();
            garbage = 0;
        }, () -> nanos);
        live = 0.2;
        garbage = 0.79;
        assertThat(busy[0].isShort()).isFalse();
        assertThat(told[0]).isFalse();
    }
}
