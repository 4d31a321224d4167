package org.posthorn.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When the garbage of the whole heap is collected: a flooded server gives its memory back, and never under load. */
class QuietCollectionTest {

    private static final long MIB = 1 << 20;
    private static final Duration SOON = QuietCollection.QUIET;
    private static final Duration LATER = QuietCollection.PERIOD;

    private final FakeMemory memory = new FakeMemory();
    private int connections;
    private long now;
    private final QuietCollection collection = new QuietCollection(memory, () -> connections, () -> now);

    private static final class FakeMemory implements QuietCollection.Memory {
        private long live = 12 * MIB;
        private long garbage;
        private long cpu;
        private boolean deaf;
        private int collections;

        @Override public boolean isOurs() {
            return true;
        }

        @Override public long used() {
            return live + garbage;
        }

        @Override public long cpu() {
            return cpu;
        }

        @Override public void collect() {
            collections++;
            garbage = deaf ? garbage : 0;
        }
    }

    @Test void whatAFloodLeftIsCollectedOnceItIsQuiet() {
        assertThat(after(Duration.ZERO, Duration.ZERO)).isEqualTo(LATER);
        memory.garbage = 16 * MIB;
        assertThat(after(LATER, Duration.ZERO)).isEqualTo(SOON);
        assertThat(after(SOON, Duration.ofMillis(12))).isEqualTo(LATER);
        assertThat(memory.collections).isOne();
        assertThat(after(LATER, Duration.ZERO)).isEqualTo(LATER);
        assertThat(memory.collections).isOne();
    }

    @Test void aServerThatWorksIsNotStopped() {
        after(Duration.ZERO, Duration.ZERO);
        memory.garbage = 100 * MIB;
        for (var i = 0; i < 100; i++) {
            assertThat(after(SOON, Duration.ofMillis(13))).isEqualTo(SOON);
        }
        assertThat(memory.collections).isZero();
    }

    @Test void littleGarbageIsLeft() {
        after(Duration.ZERO, Duration.ZERO);
        memory.garbage = 16 * MIB - 1;
        assertThat(after(LATER, Duration.ZERO)).isEqualTo(LATER);
        assertThat(after(LATER, Duration.ZERO)).isEqualTo(LATER);
        assertThat(memory.collections).isZero();
    }

    @Test void asIsWhatIsLittleBesideWhatLives() {
        memory.live = 200 * MIB;
        after(Duration.ZERO, Duration.ZERO);
        memory.garbage = 99 * MIB;
        assertThat(after(LATER, Duration.ZERO)).isEqualTo(LATER);
        memory.garbage = 100 * MIB;
        assertThat(after(LATER, Duration.ZERO)).isEqualTo(SOON);
    }

    @Test void connectionsThatAreThereAreNoGarbage() {
        after(Duration.ZERO, Duration.ZERO);
        connections = 19_000;
        memory.garbage = 130 * MIB;
        assertThat(after(LATER, Duration.ZERO)).isEqualTo(LATER);
        connections = 0;
        assertThat(after(LATER, Duration.ZERO)).isEqualTo(SOON);
        after(SOON, Duration.ZERO);
        assertThat(memory.collections).isOne();
    }

    @Test void manyConnectionsDoNotWaitForLittleGarbage() {
        after(Duration.ZERO, Duration.ZERO);
        connections = 12_800;   // 100 MiB, and 12 from before
        memory.garbage = (100 + 55) * MIB;
        assertThat(after(LATER, Duration.ZERO)).isEqualTo(LATER);
        memory.garbage = (100 + 56) * MIB;
        assertThat(after(LATER, Duration.ZERO)).isEqualTo(SOON);
    }

    @Test void connectionsThatWereThereAtTheLastCollectionAreGarbageWhenTheyHaveGone() {
        connections = 19_000;
        memory.live = 140 * MIB;
        after(Duration.ZERO, Duration.ZERO);
        connections = 0;
        assertThat(after(LATER, Duration.ZERO)).isEqualTo(SOON);
    }

    @Test void whatSomebodyElseCollectsCountsToo() {
        memory.garbage = 100 * MIB;
        after(Duration.ZERO, Duration.ZERO);
        memory.garbage = 0;
        after(LATER, Duration.ZERO);
        memory.garbage = 20 * MIB;
        assertThat(after(LATER, Duration.ZERO)).isEqualTo(SOON);
    }

    @Test void whatCannotBeCollectedIsNotTriedAgain() {
        after(Duration.ZERO, Duration.ZERO);
        memory.deaf = true;
        memory.garbage = 20 * MIB;
        after(LATER, Duration.ZERO);
        after(SOON, Duration.ZERO);
        after(LATER, Duration.ZERO);
        after(SOON, Duration.ZERO);
        assertThat(memory.collections).isOne();
    }

    /** A look after so much time, in which the processors worked so much. */
    private Duration after(Duration time, Duration cpu) {
        now += time.toNanos();
        memory.cpu += cpu.toNanos();
        return collection.look();
    }
}
