package org.posthorn.server.delivery.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.posthorn.server.spool.Disk;

class SharedForceTest {

    private final AtomicInteger whole = new AtomicInteger();
    private final AtomicInteger own = new AtomicInteger();
    private final CountDownLatch busy = new CountDownLatch(1);
    private final CountDownLatch free = new CountDownLatch(1);
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private final SharedForce force = new SharedForce(Optional.of(whole::incrementAndGet));

    @AfterEach void end() {
        free.countDown();
        callers.shutdownNow();
    }

    /** While this one is at work, others gather. */
    private Future<?> first(SharedForce shared) throws InterruptedException {
        var first = callers.submit(() -> {
            shared.force(() -> {
                busy.countDown();
                await(free);
            });
            return true;
        });
        busy.await();
        return first;
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** So many wait, and none of them is done yet. */
    private List<Future<?>> gathered(SharedForce shared, int count, SharedForce.Own each) {
        var waiting = new ArrayList<Future<?>>();
        for (var i = 0; i < count; i++) {
            waiting.add(callers.submit(() -> {
                shared.force(each);
                return true;
            }));
        }
        while (shared.waiting() < count) {
            Thread.onSpinWait();
        }
        assertThat(waiting).noneMatch(Future::isDone);
        return waiting;
    }

    private static void end(List<Future<?>> waiting) throws Exception {
        for (var one : waiting) {
            one.get(10, TimeUnit.SECONDS);
        }
    }

    @Test void oneAloneIsForcedByItself() throws IOException {
        force.force(own::incrementAndGet);
        assertThat(own).hasValue(1);
        assertThat(whole).hasValue(0);
    }

    @Test void thoseThatGatherShareOneForceOfTheWhole() throws Exception {
        first(force);
        var waiting = gathered(force, 50, own::incrementAndGet);
        free.countDown();
        end(waiting);
        assertThat(whole).hasValue(1);
        assertThat(own).hasValue(0);
    }

    @Test void twoAreForcedEachByItself() throws Exception {
        first(force);
        var waiting = gathered(force, 2, own::incrementAndGet);
        free.countDown();
        end(waiting);
        assertThat(own).hasValue(2);
        assertThat(whole).hasValue(0);
    }

    /** It was written after the force began, so that one says nothing of it. */
    @Test void whoComesWhileTheWholeIsForcedWaitsForTheNext() throws Exception {
        var begun = new CountDownLatch(1);
        var hold = new CountDownLatch(1);
        var shared = new SharedForce(Optional.of(() -> {
            whole.incrementAndGet();
            begun.countDown();
            await(hold);
        }));
        first(shared);
        var early = gathered(shared, 3, own::incrementAndGet);
        free.countDown();
        begun.await();
        var late = gathered(shared, 4, own::incrementAndGet);
        hold.countDown();
        end(early);
        end(late);
        assertThat(whole).hasValue(2);
    }

    @Test void whenTheWholeCannotBeForcedEachIsAndOnlyTheBadOneFails() throws Exception {
        var shared = new SharedForce(Optional.of(() -> {
            throw new IOException("syncfs failed");
        }));
        first(shared);
        var waiting = gathered(shared, 5, () -> {
            if (own.incrementAndGet() == 3) {
                throw new IOException("input/output error");
            }
        });
        free.countDown();
        var failures = 0;
        for (var one : waiting) {
            try {
                one.get(10, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                failures++;
                assertThat(e).cause().isInstanceOf(IOException.class).hasMessage("input/output error");
            }
        }
        assertThat(failures).isOne();
        assertThat(own).hasValue(5);
    }

    /** Somebody writes much to the same file system: mail does not wait for that any longer. */
    @Test void afterALongForceEachIsForcedByItselfForAWhile() throws Exception {
        var now = new AtomicLong();
        var shared = new SharedForce(Optional.of(() -> {
            whole.incrementAndGet();
            now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1001));
        }), now::get);
        first(shared);
        var waiting = gathered(shared, 3, own::incrementAndGet);
        free.countDown();
        end(waiting);
        assertThat(whole).hasValue(1);
        var caller = Thread.currentThread();
        shared.force(() -> {
            own.incrementAndGet();
            assertThat(Thread.currentThread()).isSameAs(caller);
        });
        assertThat(own).hasValue(1);
        now.addAndGet(TimeUnit.SECONDS.toNanos(31));
        shared.force(() -> {
            own.incrementAndGet();
            assertThat(Thread.currentThread()).isNotSameAs(caller);
        });
        assertThat(own).hasValue(2);
    }

    @Test void aFaultOfOursIsAFailureToo() {
        assertThatThrownBy(() -> force.force(() -> {
            throw new IllegalStateException("broken");
        })).isInstanceOf(IOException.class).hasMessageContaining("broken");
    }

    @Test void withoutSuchAFileSystemTheCallerForcesItsOwn() throws IOException {
        var caller = Thread.currentThread();
        new SharedForce(Optional.<Disk.Volume>empty()).force(() -> {
            own.incrementAndGet();
            assertThat(Thread.currentThread()).isSameAs(caller);
        });
        assertThat(own).hasValue(1);
    }

    /** An interrupt must not let a file count as durable before it is. */
    @Test void anInterruptDoesNotEndTheWait() throws Exception {
        var first = first(force);
        var done = new CountDownLatch(1);
        var caller = Thread.ofVirtual().start(() -> {
            try {
                force.force(own::incrementAndGet);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            if (Thread.currentThread().isInterrupted()) {
                done.countDown();
            }
        });
        while (force.waiting() < 1) {
            Thread.onSpinWait();
        }
        caller.interrupt();
        assertThat(own).hasValue(0);
        free.countDown();
        first.get(10, TimeUnit.SECONDS);
        assertThat(done.await(10, TimeUnit.SECONDS)).as("done, and the interrupt is still there").isTrue();
        assertThat(own).hasValue(1);
    }
}
