package org.posthorn.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.server.spool.TestClock;

/** How agents use connections again, whatever they speak. */
public abstract class ReuseContract {

    protected static final Reuse FOUR = new Reuse(Duration.ofSeconds(10), 4, Duration.ofSeconds(25));

    private Rig rig;

    /** An agent and the far side that it delivers to. */
    public interface Rig extends AutoCloseable {

        /** Outcomes of one attempt for a message to these users of example.net: first words, then the reply. */
        List<String> deliver(String... users) throws IOException;

        /** What the far side answers to a line; empty for the usual, {@code "close"} to close. */
        void answering(UnaryOperator<String> special);

        /** Every line that the far side heard, {@code "(connected)"} for a connection, texts with {@code "> "}. */
        List<String> heard();

        /** The far side closes all connections. */
        void hangUp() throws IOException;

        IdleConnections idle();

        TestClock clock();

        @Override void close() throws IOException;
    }

    /** An agent that keeps connections so long, and a far side. */
    protected abstract Rig rig(Reuse reuse) throws IOException;

    @BeforeEach void start() throws IOException {
        rig = rig(FOUR);
    }

    @AfterEach void stop() throws IOException {
        rig.close();
    }

    private void use(Reuse reuse) throws IOException {
        rig.close();
        rig = rig(reuse);
    }

    private long heard(String prefix) {
        return rig.heard().stream().filter(line -> line.startsWith(prefix)).count();
    }

    /** Goodbyes are said by threads of their own. */
    private void awaitHeard(String prefix, long count) {
        var until = Instant.now().plusSeconds(5);
        while (heard(prefix) < count && Instant.now().isBefore(until)) {
            Thread.yield();
        }
        assertThat(heard(prefix)).as(prefix).isEqualTo(count);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(5, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void delivered(String... users) throws IOException {
        assertThat(rig.deliver(users)).hasSize(users.length).allMatch(outcome -> outcome.startsWith("delivered"));
    }

    @Test void aConnectionServesAsManyMessagesAsItMay() throws IOException {
        for (var i = 0; i < 5; i++) {
            delivered("a");
        }
        assertThat(heard("(connected)")).as("four messages on the first").isEqualTo(2);
        awaitHeard("QUIT", 1);
    }

    @Test void aConnectionWaitsNoLongerThanItsTime() throws IOException {
        delivered("a");
        rig.clock().pass(Duration.ofSeconds(10).minusNanos(1));
        delivered("b");
        assertThat(heard("(connected)")).isEqualTo(1);
        rig.clock().pass(Duration.ofSeconds(10));
        delivered("c");
        assertThat(heard("(connected)")).isEqualTo(2);
        awaitHeard("QUIT", 1);
    }

    @Test void anOldConnectionBeginsNoMessage() throws IOException {
        delivered("a");
        rig.clock().pass(Duration.ofSeconds(9));
        delivered("b");
        rig.clock().pass(Duration.ofSeconds(9));
        delivered("c");
        rig.clock().pass(Duration.ofSeconds(7).minusNanos(1));
        rig.idle().closeOverdue();
        assertThat(heard("QUIT")).isZero();
        rig.clock().pass(Duration.ofNanos(1));
        delivered("d");
        assertThat(heard("(connected)")).isEqualTo(2);
        awaitHeard("QUIT", 1);
    }

    @Test void aConnectionThatGrewOldDuringItsMessageIsNotKept() throws IOException {
        rig.answering(line -> {
            if (line.startsWith(".")) {
                rig.clock().pass(Duration.ofSeconds(25));
            }
            return "";
        });
        delivered("a");
        awaitHeard("QUIT", 1);
    }

    @Test void withoutReuseEachMessageHasAConnection() throws IOException {
        for (var reuse : List.of(new Reuse(Duration.ZERO, 100, Duration.ofMinutes(5)),
            new Reuse(Duration.ofSeconds(10), 1, Duration.ofMinutes(5)),
            new Reuse(Duration.ofSeconds(10), 100, Duration.ZERO))) {
            use(reuse);
            delivered("a");
            delivered("b");
            assertThat(heard("(connected)")).as(reuse.toString()).isEqualTo(2);
            awaitHeard("QUIT", 2);
        }
    }

    @Test void aConnectionThatDiedWhileIdleIsReplaced() throws IOException {
        delivered("a");
        rig.hangUp();
        delivered("b");
        assertThat(heard("(connected)")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"MAIL FROM:<ann@example.org>", "RCPT TO:<b@example.net>", "DATA"})
    void aReusedConnectionThatDiesBeforeTheTextIsReplaced(String command) throws IOException {
        delivered("a");
        for (var end : List.of("close", "421 4.3.2 Too long idle")) {
            var connections = heard("(connected)");
            var texts = heard("> Hello");
            var first = new AtomicInteger();
            rig.answering(line -> line.equals(command) && first.getAndIncrement() == 0 ? end : "");
            delivered("b", "c");
            assertThat(heard("(connected)")).as(end).isEqualTo(connections + 1);
            assertThat(heard("> Hello")).as(end).isEqualTo(texts + 1);
        }
    }

    @Test void onlyOneThatDiedIsTriedBeforeANewOne() throws Exception {
        var all = new CountDownLatch(3);
        rig.answering(line -> {
            if (line.equals("DATA")) {
                all.countDown();
                await(all);     // until three connections are in use
            }
            return "";
        });
        var threads = IntStream.range(0, 3).mapToObj(i -> Thread.ofVirtual().start(() -> {
            try {
                rig.deliver("u" + i);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        })).toList();
        for (var thread : threads) {
            thread.join();
        }
        assertThat(heard("(connected)")).isEqualTo(3);
        rig.answering(line -> line.startsWith("MAIL") ? "close" : "");
        assertThat(rig.deliver("b")).singleElement().asString().startsWith("deferred RECIPIENT 451 4.4.2");
        assertThat(heard("MAIL")).as("three, one on a connection that was kept, one on a new one").isEqualTo(5);
    }

    @Test void aReusedConnectionThatDiesAfterTheDotIsNotTriedAgainNow() throws IOException {
        delivered("a");
        rig.answering(line -> line.startsWith(".") ? "close" : "");
        assertThat(rig.deliver("b")).singleElement().asString().startsWith("deferred RECIPIENT 451 4.4.2");
        assertThat(heard("> Hello")).isEqualTo(2);
        assertThat(heard("(connected)")).isEqualTo(1);
    }

    @Test void aFreshConnectionThatDiesIsAFailure() throws IOException {
        rig.answering(line -> line.startsWith("MAIL") ? "close" : "");
        assertThat(rig.deliver("a")).singleElement().asString().startsWith("deferred RECIPIENT 451 4.4.2");
        assertThat(heard("(connected)")).isEqualTo(1);
    }

    @Test void aVerdictOnARecipientStandsWhenTheConnectionDiesBehindIt() throws IOException {
        delivered("a");
        var first = new AtomicInteger();
        rig.answering(line -> line.contains("<none@") ? "550 5.1.1 Nobody"
            : line.contains("RCPT TO:<b@") && first.getAndIncrement() == 0 ? "close" : "");
        assertThat(rig.deliver("none", "b")).satisfiesExactly(
            none -> assertThat(none).isEqualTo("failed 550 5.1.1 Nobody"),
            b -> assertThat(b).startsWith("delivered"));
        assertThat(heard("RCPT TO:<none@")).isEqualTo(1);
    }

    @Test void aFarSideThatComesNoMoreConcernsTheDestination() throws IOException {
        delivered("a");
        rig.answering(line -> line.startsWith("MAIL") ? "close" : line.isEmpty() ? "421 4.3.2 Busy" : "");
        assertThat(rig.deliver("b")).containsExactly("deferred DESTINATION 421 4.3.2 Busy");
    }

    @Test void aTransactionThatWasNotFinishedIsForgottenBeforeTheNext() throws IOException {
        rig.answering(line -> line.startsWith("RCPT") ? "550 5.1.1 Nobody" : "");
        assertThat(rig.deliver("a")).containsExactly("failed 550 5.1.1 Nobody");
        assertThat(heard("RSET")).as("none before it is needed").isZero();
        rig.answering(_ -> "");
        delivered("b");
        assertThat(rig.heard()).containsSubsequence("RCPT TO:<a@example.net>", "RSET", "MAIL FROM:<ann@example.org>",
            "RCPT TO:<b@example.net>", "> Hello");
        assertThat(heard("(connected)")).isEqualTo(1);
    }

    @Test void whoDoesNotForgetGetsNoTextOnThisConnection() throws IOException {
        rig.answering(line -> line.startsWith("RCPT") ? "550 5.1.1 Nobody" : "");
        rig.deliver("a");
        rig.answering(line -> line.equals("RSET") ? "502 5.5.1 What?" : "");
        delivered("b");
        assertThat(heard("(connected)")).isEqualTo(2);
        assertThat(heard("> Hello")).isEqualTo(1);
    }

    @Test void whatWasSaidUnaskedIsNoAnswerToTheNextMessage() throws IOException {
        rig.answering(line -> line.startsWith(".") ? "250 2.0.0 Taken\n250 2.0.0 Taken twice" : "");
        delivered("a");
        delivered("b");
        assertThat(heard("(connected)")).isEqualTo(2);
    }

    @Test void stoppingSaysGoodbyeToThoseThatWait() throws IOException {
        delivered("a");
        rig.idle().stop(Duration.ofSeconds(1));
        assertThat(heard("QUIT")).isEqualTo(1);
        delivered("b");
        rig.idle().stop(Duration.ofSeconds(1));
        assertThat(heard("QUIT")).as("kept no more").isEqualTo(2);
    }

    @Test void parallelJobsHaveConnectionsOfTheirOwnAndGiveThemBack() throws Exception {
        var threads = IntStream.range(0, 8).mapToObj(i -> Thread.ofVirtual().start(() -> {
            try {
                rig.deliver("u" + i);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        })).toList();
        for (var thread : threads) {
            thread.join();
        }
        assertThat(heard("> Hello")).isEqualTo(8);
        assertThat(heard("(connected)")).isBetween(1L, 8L);
    }
}
