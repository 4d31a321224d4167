package org.posthorn.server.delivery.etrn;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.posthorn.server.delivery.etrn.Searches.Answer;
import org.posthorn.server.spool.Spool;
import org.posthorn.server.spool.SpoolException;
import org.posthorn.server.spool.TestClock;

class SearchesTest {

    private static final Answer FOUND = new Answer.Found(new Spool.Started(1, 0, 1));

    private final TestClock clock = new TestClock();

    /** What a search through the spool does. */
    private interface Work {
        void run() throws Exception;
    }

    private Searches searches(Duration patience, Work work) {
        var spool = (Spool) Proxy.newProxyInstance(Spool.class.getClassLoader(), new Class<?>[] {Spool.class},
            (_, _, _) -> {
                work.run();
                return new Spool.Started(1, 0, 1);
            });
        return new Searches(Duration.ofSeconds(2), patience, spool, clock::nanos);
    }

    private Answer search(Searches searches, String name) {
        return searches.search(name, () -> { }, _ -> true, clock.instant());
    }

    @Test void oneRunsAtATimeAndNobodyWaitsForItWithoutEnd() throws Exception {
        var begun = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        var searches = searches(Duration.ZERO, () -> {
            begun.countDown();
            assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
        });
        var first = new FutureTask<>(() -> search(searches, "a.example"));
        Thread.ofVirtual().start(first);
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(search(searches, "b.example")).isEqualTo(new Answer.Unable());
        go.countDown();
        assertThat(first.get()).isEqualTo(FOUND);
        assertThat(search(searches, "b.example")).as("when that is over").isEqualTo(FOUND);
    }

    @Test void aLongSearchIsNotMadeAgainForTenTimesAsLong() {
        var searches = searches(Duration.ofSeconds(20), () -> clock.pass(Duration.ofSeconds(3)));
        assertThat(search(searches, "a.example")).isEqualTo(FOUND);
        clock.pass(Duration.ofMillis(29_999));
        assertThat(search(searches, "a.example")).isEqualTo(new Answer.TooSoon());
        assertThat(searches.left("a.example")).isEqualTo(Duration.ofMillis(1));
        clock.pass(Duration.ofMillis(1));
        assertThat(search(searches, "a.example")).isEqualTo(FOUND);
    }

    @Test void aSpoolThatCannotBeReadIsOurFaultForNow() {
        var searches = searches(Duration.ofSeconds(20), () -> {
            throw new SpoolException("no disk", true, null);
        });
        assertThat(search(searches, "a.example")).isEqualTo(new Answer.Unable());
        assertThat(search(searches, "a.example")).as("it does not rest").isEqualTo(new Answer.Unable());
    }
}
