package org.posthorn.protocols.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeadlineTest {

    // The clock may overflow: only differences count.
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

    @Test void stepsShareOneTime() {
        var deadline = Deadline.in(Duration.ofNanos(10), now::get);
        assertThat(deadline.left()).isEqualTo(Duration.ofNanos(10));
        now.addAndGet(6);
        assertThat(deadline.orSooner(Duration.ofNanos(3))).isEqualTo(Duration.ofNanos(3));
        assertThat(deadline.orSooner(Duration.ofSeconds(3))).isEqualTo(Duration.ofNanos(4));
        now.addAndGet(3);
        assertThat(deadline.isOver()).isFalse();
        now.addAndGet(1);
        assertThat(deadline.isOver()).isTrue();
        now.addAndGet(1);
        assertThat(deadline.orSooner(Duration.ofSeconds(3))).isZero();
    }

    @Test void whereThereIsNoneEachStepHasItsOwn() {
        assertThat(Deadline.none().orSooner(Duration.ofDays(9))).isEqualTo(Duration.ofDays(9));
        assertThat(Deadline.none().isOver()).isFalse();
    }
}
