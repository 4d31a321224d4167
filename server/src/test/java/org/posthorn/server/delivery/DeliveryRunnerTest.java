package org.posthorn.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.bounce.BounceConfig;
import org.posthorn.server.bounce.DsnReporter;
import org.posthorn.server.bounce.Reporter;
import org.posthorn.server.bounce.Tally;
import org.posthorn.server.intake.Awaited;
import org.posthorn.server.intake.LmtpClient;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.Spool;
import org.posthorn.server.spool.TestClock;
import org.posthorn.server.spool.TestMessages;

/** The runner over a spool in memory and agents that do as they are told; time passes only when a test says so. */
class DeliveryRunnerTest {

    private static final Outcome.Deferred LATER =
        new Outcome.Deferred(Reply.of(450, "4.2.0", "Later"), "mx", Outcome.Scope.RECIPIENT);
    private static final Outcome.Deferred DEAD =
        new Outcome.Deferred(Reply.of(451, "4.4.1", "Refused"), "", Outcome.Scope.DESTINATION);

    private final TestClock clock = new TestClock();
    private final InMemorySpool spool = new InMemorySpool(clock);
    private final RetryPolicy retry = new RetryPolicy(RetryConfig.DEFAULT, new Random(5));
    private final Awaited awaited = new Awaited();
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();
    private final OnDemand onDemand = new OnDemand(waiting::contains);
    private FakeAgent agent = new FakeAgent(20);
    private Reporter reporter =
        new DsnReporter(spool, BounceConfig.of("mx.example.org"), clock, new Random(6), new Tally());
    private Optional<DeliveryRunner> runner = Optional.empty();

    private DeliveryRunner start(Limits limits) {
        spool.start();
        var settler = new Settler(retry, reporter, awaited, new Tally());
        var started = new DeliveryRunner(spool, Set.of(agent), settler, new Queues(limits, retry, clock, clock::nanos),
            onDemand, clock);
        started.start();
        runner = Optional.of(started);
        return started;
    }

    private DeliveryRunner start() {
        return start(Limits.DEFAULT);
    }

    @AfterEach void stop() {
        spool.stop(Duration.ZERO);
        runner.ifPresent(started -> started.stop(Duration.ofSeconds(5)));
    }

    private QueueId message(String destination, String... users) {
        var message = TestMessages.message(spool, clock.instant(), "Subject: x\r\n\r\nx\r\n",
            new RecipientState.Routed(new Route("remote", destination), clock.instant(), 0, ""), users);
        spool.commit(Change.accept(message));
        return message.id();
    }

    private static void await(BooleanSupplier condition) {
        var end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("the time until it happens").isLessThan(end);
            LockSupport.parkNanos(1_000_000);   // leaves the processor to the runner
        }
    }

    private List<RecipientState> states(QueueId id) {
        return spool.find(id).orElseThrow().recipients().stream().map(QueuedRecipient::state).toList();
    }

    private void awaitStates(QueueId id, Class<?>... kinds) {
        await(() -> {
            var states = states(id);
            for (var i = 0; i < kinds.length; i++) {
                if (!kinds[i].isInstance(states.get(i))) {
                    return false;
                }
            }
            return true;
        });
    }

    private int attempts(QueueId id) {
        return states(id).getFirst() instanceof RecipientState.Routed routed ? routed.attempts() : -1;
    }

    @Test void eachRecipientIsSettledByItsOwnOutcome() {
        agent.behaviours.put("d", recipient -> switch (recipient.recipient().mailbox().localPart()) {
            case "good" -> new Outcome.Delivered(FakeAgent.TAKEN, "mx");
            case "busy" -> LATER;
            default -> new Outcome.Failed(Reply.of(550, "5.1.1", "No"), "mx");
        });
        var id = message("d", "good", "busy", "bad");
        start();
        await(() -> attempts(id) != 0 && states(id).getFirst().isFinal());
        assertThat(states(id)).satisfiesExactly(
            good -> assertThat(good).isEqualTo(new RecipientState.Delivered("250 2.0.0 Taken")),
            busy -> assertThat(busy).isInstanceOfSatisfying(RecipientState.Routed.class, routed -> {
                assertThat(routed.attempts()).isEqualTo(1);
                assertThat(routed.lastReply()).isEqualTo("450 4.2.0 Later");
                assertThat(routed.due()).isBetween(clock.instant().plusSeconds(144), clock.instant().plusSeconds(216));
            }),
            bad -> assertThat(bad).isEqualTo(new RecipientState.Bounced("550 5.1.1 No")));
        assertThat(TestMessages.words(spool, id))
            .containsExactly("received", "delivered", "deferred", "bounced", "reported");
    }

    @Test void anLmtpClientThatWaitsIsToldAndKeepsWhatIsRefused() throws InterruptedException {
        agent.behaviours.put("d", recipient -> switch (recipient.recipient().mailbox().localPart()) {
            case "good" -> new Outcome.Delivered(FakeAgent.TAKEN, "mx");
            case "busy" -> LATER;
            default -> new Outcome.Failed(Reply.of(550, "5.1.1", "No"), "mx");
        });
        var id = message("d", "good", "busy", "bad");
        try (var client = new LmtpClient(awaited, id)) {
            start();
            awaitStates(id, RecipientState.Delivered.class, RecipientState.Discarded.class,
                RecipientState.Bounced.class);
            await(() -> client.heard(3).equals(List.of("250 2.0.0 Taken", "450 4.2.0 Later", "550 5.1.1 No")));
        }
        assertThat(TestMessages.words(spool, id)).containsExactly("received", "delivered", "refused", "refused");
    }

    @Test void theReportIsSpooledWithTheFailure() throws InterruptedException {
        agent.behaviours.put("d", _ -> new Outcome.Failed(Reply.of(550, "5.1.1", "No"), "mx"));
        var id = message("d", "bad");
        start();
        awaitStates(id, RecipientState.Bounced.class);
        var report = spool.takePending(Duration.ofSeconds(5)).orElseThrow();
        assertThat(report.origin().sender().isNull()).isTrue();
        assertThat(TestMessages.text(report.variants().getFirst().content())).contains("550 5.1.1 No");
    }

    @Test void deliveredRecipientsAreNeverDeliveredAgain() {
        agent.behaviours.put("d", recipient -> recipient.recipient().mailbox().localPart().equals("busy") ? LATER
            : new Outcome.Delivered(FakeAgent.TAKEN, "mx"));
        var id = message("d", "good", "busy");
        start();
        await(() -> states(id).getFirst().isFinal());
        agent.behaviours.remove("d");
        clock.pass(Duration.ofMinutes(10));
        awaitStates(id, RecipientState.Delivered.class, RecipientState.Delivered.class);
        assertThat(agent.delivered).containsExactly("good", "busy");
    }

    @Test void whatIsTooOldFailsWithTheLastReply() {
        agent.behaviours.put("d", _ -> LATER);
        var id = message("d", "a");
        start();
        await(() -> attempts(id) == 1);
        clock.pass(Duration.ofDays(5));
        awaitStates(id, RecipientState.Bounced.class);
        assertThat(((RecipientState.Bounced) states(id).getFirst()).reply())
            .isEqualTo("451 4.4.7 Not delivered within 5 days; last answer: 450 4.2.0 Later");
    }

    @Test void anExceptionOfAnAgentIsOursAndBouncesNothing() {
        agent.behaviours.put("d", _ -> {
            throw new IllegalStateException("a bug");
        });
        agent.behaviours.put("e", _ -> {
            throw new IOException("a disk");
        });
        var bug = message("d", "a");
        var disk = message("e", "a");
        start();
        await(() -> attempts(bug) == 1 && attempts(disk) == 1);
        assertThat(TestMessages.words(spool, bug)).containsExactly("received", "deferred");
    }

    @Test void anErrorOfAnAgentIsOursTooAndKeepsNoPlace() {
        agent = new FakeAgent(1);
        agent.behaviours.put("d", recipient -> switch (recipient.recipient().mailbox().localPart()) {
            case "deep" -> throw new StackOverflowError();
            case "odd" -> throw new AssertionError("a bug");
            default -> new Outcome.Delivered(FakeAgent.TAKEN, "mx");
        });
        var deep = message("d", "deep");
        var odd = message("d", "odd");
        start(new Limits(1, 1, 1));
        await(() -> attempts(deep) == 1 && attempts(odd) == 1);
        awaitStates(message("d", "next"), RecipientState.Delivered.class);
    }

    @Test void anUnknownAgentMakesItWait() {
        var message = TestMessages.message(spool, clock.instant(), "x",
            new RecipientState.Routed(new Route("pigeon", ""), clock.instant(), 0, ""), "a");
        spool.commit(Change.accept(message));
        start();
        await(() -> attempts(message.id()) == 1);
    }

    @Test void aReporterThatFailsLeavesTheReportToThePipeline() {
        reporter = (_, _) -> {
            throw new IllegalStateException("no report today");
        };
        agent.behaviours.put("d", _ -> new Outcome.Failed(Reply.of(550, "5.1.1", "No"), "mx"));
        var id = message("d", "bad");
        start();
        awaitStates(id, RecipientState.Failed.class);
    }

    @Test void anOutcomeIsWrittenDownAsSoonAsTheSpoolCan() {
        var reached = new CountDownLatch(1);
        agent.behaviours.put("d", _ -> {
            spool.broken(true);
            reached.countDown();
            return new Outcome.Delivered(FakeAgent.TAKEN, "mx");
        });
        var id = message("d", "a");
        start();
        await(() -> reached.getCount() == 0);
        spool.broken(false);
        awaitStates(id, RecipientState.Delivered.class);
        assertThat(agent.delivered).hasSize(1);
    }

    @Test void aDeadDestinationIsTriedOnceAndTheRestIsSuspendedWithItsReply() {
        agent = new FakeAgent(1);
        agent.behaviours.put("dead", _ -> DEAD);
        var ids = java.util.stream.IntStream.range(0, 50).mapToObj(i -> message("dead", "u" + i)).toList();
        start();
        await(() -> ids.stream().allMatch(id -> states(id).getFirst() instanceof RecipientState.Routed routed
            && routed.due().isAfter(clock.instant())));
        assertThat(agent.attempts).hasValue(1);
        assertThat(ids.stream().filter(id -> attempts(id) == 1)).hasSize(1);
        assertThat(ids).allSatisfy(id -> assertThat(((RecipientState.Routed) states(id).getFirst()).lastReply())
            .isEqualTo("451 4.4.1 Refused"));
    }

    /**
     * A message that was not tried, because its destination was found dead by others before. With an agent that makes
     * one attempt at a time none is under way any more.
     */
    private QueueId suspended(String destination) {
        while (true) {
            var id = message(destination, "probe");
            await(() -> ((RecipientState.Routed) states(id).getFirst()).due().isAfter(clock.instant()));
            if (attempts(id) == 0) {
                return id;
            }
        }
    }

    @Test void itIsKnownWhichDestinationIsSuspendedOrFull() {
        agent = new FakeAgent(1);
        agent.behaviours.put("dead", _ -> DEAD);
        var runner = start(new Limits(20, 10, 3));
        var dead = new Route("remote", "dead");
        assertThat(state(runner, "dead", "ann")).isEqualTo(Reachability.State.OPEN);
        suspended("dead");
        assertThat(state(runner, "dead", "ann")).isEqualTo(Reachability.State.SUSPENDED);
        runner.lift(dead, "example.net", clock.instant());
        assertThat(state(runner, "dead", "ann")).isEqualTo(Reachability.State.OPEN);
        var silence = new CountDownLatch(1);
        agent.behaviours.put("slow", _ -> {
            try {
                silence.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return LATER;
        });
        message("slow", "first");
        await(() -> agent.atOnce.get() == 1);
        for (var i = 0; i < 3; i++) {
            message("slow", "s" + i);
        }
        await(() -> state(runner, "slow", "ann") == Reachability.State.FULL);
        silence.countDown();
        await(() -> state(runner, "slow", "ann") == Reachability.State.OPEN);
    }

    @Test void whatASendersRouteLeadsToIsSuspendedForItAloneAndLiftedWithTheRest() {
        agent = new FakeAgent(1);
        agent.senders.put("ann@example.org", "relay");
        agent.behaviours.put("relay", _ -> DEAD);
        var runner = start();
        var waiting = suspended("d");
        var route = new Route("remote", "d");
        assertThat(state(runner, "d", "eve")).isEqualTo(Reachability.State.OPEN);
        assertThat(state(runner, "d", "ann")).isEqualTo(Reachability.State.SUSPENDED);
        agent.behaviours.remove("relay");
        runner.lift(route, "example.net", clock.instant());
        spool.startDelivery(_ -> true, clock.instant());
        awaitStates(waiting, RecipientState.Delivered.class);
    }

    private static Reachability.State state(Reachability reachability, String nextHop, String sender) {
        return reachability.of(new Spool.Waiting(new Route("remote", nextHop), new Mailbox("bob", "example.net"),
            () -> ReversePath.of(new Mailbox(sender, "example.org"))));
    }

    @Test void aSuspendedDestinationIsTriedAgainLaterOrWhenAskedTo() {
        agent = new FakeAgent(1);
        agent.behaviours.put("dead", _ -> DEAD);
        var first = message("dead", "a");
        var runner = start();
        var second = suspended("dead");
        agent.behaviours.remove("dead");
        runner.lift(new Route("remote", "dead"), "example.net", clock.instant());
        spool.startDelivery(_ -> true, clock.instant());
        awaitStates(second, RecipientState.Delivered.class);
        awaitStates(first, RecipientState.Delivered.class);
    }

    @Test void aClockThatIsSetBackKeepsNoSuspensionLonger() {
        agent = new FakeAgent(1);
        agent.behaviours.put("dead", _ -> DEAD);
        start();
        suspended("dead");
        agent.behaviours.remove("dead");
        clock.pass(Duration.ofHours(-1));
        clock.pass(Duration.ofMinutes(10));
        var second = message("dead", "b");
        awaitStates(second, RecipientState.Delivered.class);
    }

    @Test void anAttemptThatBeganBeforeSomebodyAskedSuspendsNothing() {
        agent = new FakeAgent(1);
        var begun = new CountDownLatch(1);
        var silence = new CountDownLatch(1);
        agent.behaviours.put("line", recipient -> {
            if (!recipient.recipient().mailbox().localPart().equals("first")) {
                return new Outcome.Delivered(FakeAgent.TAKEN, "mx");
            }
            begun.countDown();
            try {
                silence.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return DEAD;
        });
        var first = message("line", "first");
        var runner = start();
        await(() -> begun.getCount() == 0);
        var second = message("line", "second");
        runner.lift(new Route("remote", "line"), "example.net", clock.instant());
        silence.countDown();
        awaitStates(second, RecipientState.Delivered.class);
        await(() -> attempts(first) == 1);
    }

    @Test void aSilentDestinationHoldsUpNobodyElse() {
        var silence = new CountDownLatch(1);
        agent.behaviours.put("silent", _ -> {
            try {
                silence.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return DEAD;
        });
        for (var i = 0; i < 100; i++) {
            message("silent", "s" + i);
        }
        var id = message("fine", "a");
        start(new Limits(20, 10, 5));
        awaitStates(id, RecipientState.Delivered.class);
        silence.countDown();
    }

    @Test void destinationsHaveLimitsAndTakeTurns() {
        agent = new FakeAgent(3);
        for (var i = 0; i < 200; i++) {
            message("big", "b" + i);
        }
        start();
        await(() -> spool.counts().routed() == 0);
        assertThat(agent.mostAtOnce.get()).isLessThanOrEqualTo(3);
        assertThat(agent.delivered).hasSize(200).doesNotHaveDuplicates();
    }

    @Test void whatFindsNoPlaceInMemoryComesAgainLater() {
        for (var i = 0; i < 100; i++) {
            message("big", "b" + i);
        }
        start(new Limits(20, 2, 3));
        await(() -> {
            clock.pass(Duration.ofMillis(100));
            return spool.counts().routed() == 0;
        });
        assertThat(agent.delivered).hasSize(100).doesNotHaveDuplicates();
    }

    @Test void stopGivesBackWhatWaitsAndCutsOffWhatHangs() {
        agent = new FakeAgent(1);
        var begun = new CountDownLatch(1);
        agent.behaviours.put("silent", _ -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return DEAD;
        });
        var hanging = message("silent", "a");
        var waiting = message("silent", "b");
        var started = start();
        await(() -> begun.getCount() == 0);
        started.stop(Duration.ZERO);
        assertThat(attempts(hanging)).isZero();
        assertThat(attempts(waiting)).isZero();
        agent.behaviours.clear();
        start();
        awaitStates(hanging, RecipientState.Delivered.class);
        awaitStates(waiting, RecipientState.Delivered.class);
    }

    private RecipientState.Routed routed(QueueId id) {
        return (RecipientState.Routed) states(id).getFirst();
    }

    @Test void mailOfADomainThatAsksWaitsUntilItDoes() {
        waiting.add("example.net");
        var id = message("d", "a");
        var runner = start();
        await(() -> routed(id).due().isAfter(clock.instant()));
        assertThat(agent.attempts).hasValue(0);
        assertThat(routed(id).lastReply()).isEqualTo("450 4.4.1 Kept until its domain asks for it (ETRN, ATRN)");
        assertThat(routed(id).attempts()).isZero();
        clock.pass(Duration.ofDays(4));
        runner.lift(new Route("remote", "d"), "Example.NET", clock.instant());
        spool.startDelivery(_ -> true, clock.instant());
        awaitStates(id, RecipientState.Delivered.class);
    }

    @Test void askingIsForWhatIsThereAndNotForWhatComesLaterOrFails() {
        waiting.add("example.net");
        agent.behaviours.put("d", _ -> LATER);
        var early = message("d", "a");
        clock.pass(Duration.ofSeconds(1));
        onDemand.ask("example.net", clock.instant());
        start();
        await(() -> attempts(early) == 1);
        agent.behaviours.clear();
        clock.pass(Duration.ofHours(2));
        var late = message("d", "b");
        await(() -> routed(early).due().isAfter(clock.instant()) && routed(late).due().isAfter(clock.instant()));
        assertThat(agent.delivered).isEmpty();
        assertThat(agent.attempts).hasValue(1);
    }

    @Test void aMessageForTwoDomainsGoesToTheOneThatDoesNotWait() {
        waiting.add("example.net");
        var message = TestMessages.message(spool, clock.instant(), "x", new RecipientState.Routed(
            new Route("remote", "gate"), clock.instant(), 0, ""), "a");
        var recipients = new java.util.ArrayList<>(message.recipients());
        recipients.add(new org.posthorn.server.spool.NewRecipient(org.posthorn.protocols.smtp.Recipient.of(
            new org.posthorn.protocols.address.Mailbox("b", "example.com")), 0, recipients.getFirst().state()));
        spool.commit(Change.accept(new org.posthorn.server.spool.NewMessage(message.id(), message.origin(),
            message.variants(), recipients, message.history())));
        start();
        awaitStates(message.id(), RecipientState.Routed.class, RecipientState.Delivered.class);
        await(() -> routed(message.id()).due().isAfter(clock.instant()));
        assertThat(agent.delivered).containsExactly("b");
    }

    @Test void whatNobodyAsksForGoesBackUntriedAtTheEndOfItsLife() {
        waiting.add("example.net");
        var id = message("d", "a");
        start();
        await(() -> routed(id).due().isAfter(clock.instant()));
        clock.pass(Duration.ofDays(5));
        awaitStates(id, RecipientState.Bounced.class);
        assertThat(agent.attempts).hasValue(0);
        assertThat(((RecipientState.Bounced) states(id).getFirst()).reply()).isEqualTo("451 4.4.7 Not delivered within"
            + " 5 days; last answer: 450 4.4.1 Kept until its domain asks for it (ETRN, ATRN)");
        assertThat(TestMessages.words(spool, id)).contains("reported");
    }
}
