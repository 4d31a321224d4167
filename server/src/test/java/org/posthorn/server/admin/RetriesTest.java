package org.posthorn.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.server.delivery.Reachability;
import org.posthorn.server.delivery.RecordingSuspensions;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.NewRecipient;
import org.posthorn.server.spool.NewVariant;
import org.posthorn.server.spool.Origin;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.Spool;
import org.posthorn.server.spool.SpoolException;
import org.posthorn.server.spool.TestClock;
import org.posthorn.server.spool.TestMessages;

class RetriesTest {

    private static final Duration AT_ONCE = Duration.ofMillis(1);
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Optional<String> DOMAIN = Optional.of("example.net");

    private final TestClock clock = new TestClock();
    private final InMemorySpool spool = new InMemorySpool(clock);
    private final RecordingSuspensions suspensions = new RecordingSuspensions();
    private Optional<Retries> started = Optional.empty();

    private Retries retries(Duration patience, Reachability reachability) {
        return retries(patience, reachability, spool);
    }

    private Retries retries(Duration patience, Reachability reachability, Spool spool) {
        var retries = new Retries(spool, suspensions, reachability, clock, patience);
        started = Optional.of(retries);
        return retries;
    }

    @AfterEach void stop() {
        started.ifPresent(retries -> retries.stop(LONG));
    }

    private void waiting(String nextHop, int messages) {
        for (var i = 0; i < messages; i++) {
            spool.commit(Change.accept(TestMessages.message(spool, clock.instant(), "x", new RecipientState.Routed(
                new Route("remote", nextHop), clock.instant().plusSeconds(900), 1, "450 4.4.1 No"), "u" + i)));
        }
    }

    private int due() throws InterruptedException {
        return spool.takeDue(1000, Duration.ZERO).size();
    }

    @Test void whatItsSenderWantsHeldIsNotPutOffAndStays() throws Exception {
        var until = clock.instant().plusSeconds(900);
        var origin = TestMessages.origin(clock.instant());
        var held = new Origin(origin.sender(), origin.parameters().with(Handling.NONE.heldUntil(until)),
            origin.received(), origin.listener(), origin.remoteAddress(), origin.helo(), origin.user());
        spool.commit(Change.accept(new NewMessage(spool.nextId(), held, List.of(new NewVariant(
            TestMessages.draft(spool, "x"), "")), List.of(new NewRecipient(TestMessages.recipient("bob"), 0,
                new RecipientState.Pending("root", until, 0, false))), List.of())));
        assertThat(retries(LONG, _ -> Reachability.State.OPEN).start(Optional.empty()).complete()).isTrue();
        assertThat(spool.takePending(Duration.ZERO)).isEmpty();
        clock.pass(Duration.ofSeconds(900));
        assertThat(spool.takePending(Duration.ZERO)).isPresent();
    }

    @Test void aDeadDestinationIsTriedWithFewAndTheRestKeepsItsTime() throws Exception {
        waiting("dead", 40);
        waiting("alive", 5);
        var met = new AtomicInteger();
        var retries = retries(LONG, waiting -> waiting.route().nextHop().equals("dead") && met.incrementAndGet() > 3
            ? Reachability.State.SUSPENDED : Reachability.State.OPEN);
        assertThat(retries.start(DOMAIN)).isEqualTo(new Retries.Progress(8, 37, true, true));
        assertThat(due()).isEqualTo(8);
        assertThat(suspensions.lifted()).as("first each is given a chance, once")
            .containsExactly("remote dead", "remote alive");
    }

    @Test void aFullDestinationGetsItsMailAllTheSame() throws Exception {
        waiting("slow", 5);
        assertThat(retries(LONG, _ -> Reachability.State.FULL).start(DOMAIN))
            .isEqualTo(new Retries.Progress(5, 0, true, true));
        assertThat(due()).isEqualTo(5);
    }

    @Test void otherDomainsAreLeftAlone() throws Exception {
        waiting("dead", 3);
        assertThat(retries(LONG, _ -> Reachability.State.OPEN).start(Optional.of("example.com")))
            .isEqualTo(new Retries.Progress(0, 0, true, true));
        assertThat(suspensions.lifted()).isEmpty();
        assertThat(due()).isZero();
    }

    @Test void whoAsksIsToldAfterAMomentHowFarItCame() throws Exception {
        waiting("d", 3);
        var goOn = new CountDownLatch(1);
        var began = new CountDownLatch(1);
        var retries = retries(AT_ONCE, _ -> held(began, goOn));
        assertThat(retries.start(DOMAIN).complete()).isFalse();
        assertThat(began.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        var second = retries.start(DOMAIN);
        assertThat(second).as("its turn comes later").isEqualTo(new Retries.Progress(0, 0, false, false));
        assertThat(QueueApi.line(second, DOMAIN))
            .isEqualTo("another retry goes first; this one of example.net follows in the background");
        goOn.countDown();
        awaitDue(3);
    }

    private void awaitDue(int wanted) throws InterruptedException {
        var all = 0;
        var end = System.nanoTime() + LONG.toNanos();
        while (all < wanted && System.nanoTime() < end) {
            all += spool.takeDue(1000, Duration.ofMillis(100)).size();
        }
        assertThat(all).isEqualTo(wanted);
    }

    private static Reachability.State held(CountDownLatch began, CountDownLatch goOn) {
        began.countDown();
        try {
            assertThat(goOn.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return Reachability.State.OPEN;
    }

    @Test void aStopEndsAPassThatIsUnderWay() throws Exception {
        waiting("slow", 1000);
        var met = new AtomicInteger();
        var retries = retries(AT_ONCE, _ -> {
            met.incrementAndGet();
            return Reachability.State.FULL;
        });
        retries.start(DOMAIN);
        retries.stop(LONG);
        assertThat(met.get()).isLessThan(1000);
        assertThatThrownBy(() -> retries.start(DOMAIN)).isInstanceOf(SpoolException.class)
            .hasMessageContaining("stopping");
    }

    @Test void aStopEndsItAmongWhatThePipelinePutOff() {
        for (var i = 0; i < 9; i++) {
            spool.commit(Change.accept(TestMessages.message(spool, clock.instant(), "x",
                new RecipientState.Pending("root", clock.instant().plusSeconds(900), 1, false), "u" + i)));
        }
        var moves = new AtomicInteger();
        Spool watched = (Spool) Proxy.newProxyInstance(Spool.class.getClassLoader(), new Class<?>[] {Spool.class},
            (_, method, arguments) -> {
                if (method.getName().equals("move") && moves.incrementAndGet() == 1) {
                    beginToStop();
                }
                try {
                    return method.invoke(spool, arguments);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            });
        var retries = retries(LONG, _ -> Reachability.State.OPEN, watched);
        assertThatThrownBy(() -> retries.start(DOMAIN)).isInstanceOf(SpoolException.class)
            .hasMessageContaining("stopping");
        assertThat(moves).as("the one that was under way").hasValue(1);
    }

    /** Another thread stops it, and waits for this one. */
    private void beginToStop() {
        var stopper = Thread.ofPlatform().daemon().start(this::stop);
        var end = System.nanoTime() + LONG.toNanos();
        while (stopper.getState() != Thread.State.TIMED_WAITING && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    @Test void aSmartHostIsLiftedOnceForAllItsDomains() {
        var state = new RecipientState.Routed(new Route("remote", "smart.example"), clock.instant().plusSeconds(900), 1,
            "450 4.4.1 No");
        var recipients = Stream.of("a.example", "b.example", "c.example", "a.example")
            .map(domain -> new NewRecipient(Recipient.of(new Mailbox("ann", domain)), 0, state)).toList();
        spool.commit(Change.accept(new NewMessage(spool.nextId(), TestMessages.origin(clock.instant()),
            List.of(new NewVariant(TestMessages.draft(spool, "x"), "")), recipients, List.of())));
        retries(LONG, _ -> Reachability.State.OPEN).start(Optional.of("smart.example"));
        assertThat(suspensions.lifted()).containsExactly("remote smart.example");
        assertThat(suspensions.asked()).as("further ones that may be on demand").containsExactly("b.example",
            "c.example");
    }

    @Test void aFailureIsToldToWhoAsked() {
        waiting("d", 1);
        var retries = retries(LONG, _ -> {
            throw new SpoolException("the tables cannot be read", false, null);
        });
        for (var _ : List.of(1, 2)) {
            assertThatThrownBy(() -> retries.start(DOMAIN)).isInstanceOf(SpoolException.class)
                .hasMessageContaining("cannot be read");
        }
    }
}
