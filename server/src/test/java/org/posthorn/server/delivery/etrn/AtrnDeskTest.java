package org.posthorn.server.delivery.etrn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.atrn.QueueTurn;
import org.posthorn.protocols.atrn.QueueTurn.Result;
import org.posthorn.protocols.client.EightBit;
import org.posthorn.protocols.client.TlsMode;
import org.posthorn.protocols.etrn.QueueFlush.Client;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.server.chain.RelayConfig;
import org.posthorn.server.config.Sections;
import org.posthorn.server.delivery.OnDemand;
import org.posthorn.server.delivery.RunnerRig;
import org.posthorn.server.delivery.remote.FakeServer;
import org.posthorn.server.delivery.remote.RemoteConfig;
import org.posthorn.server.delivery.remote.SocketConnector;
import org.posthorn.server.delivery.remote.Target;
import org.posthorn.server.delivery.tls.Handshakes;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.NewRecipient;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.Spool;
import org.posthorn.server.spool.SpoolException;
import org.posthorn.server.spool.TestClock;
import org.posthorn.server.spool.TestMessages;

/** The provider's side of ATRN, with the runner that settles and a customer at the other end of a socket. */
class AtrnDeskTest {

    private static final String CONFIG = """
        <etrn>
          <node name="a.example" atrn-only="true"><atrn>ann@local.example</atrn></node>
          <node name="@b.example"><atrn>ann@local.example</atrn><atrn>bob@local.example</atrn></node>
          <node name="other.example"><from>anyone</from><user>anyone</user></node>
          <node name="c.example" atrn-only="true"><atrn>carol@local.example</atrn></node>
        </etrn>
        """;
    private static final Client ANN = client("ann@local.example");
    private static final UnaryOperator<String> USUAL = _ -> "";

    private final TestClock clock = new TestClock();
    private final InMemorySpool spool = new InMemorySpool(clock);
    private final EtrnConfig config = EtrnConfig.read(Sections.of("etrn", CONFIG), Path.of("home"));
    private final Turns turns = new Turns(config::isFetchedOnly);
    private final OnDemand onDemand = new OnDemand(config::waits, turns);
    private final AtrnDesk desk = new AtrnDesk(new Rights(config, new RelayConfig(List.of(), Set.of("relay.example"))),
        new Searches(config.again(), spool, clock::nanos), turns, RemoteConfig.of("mx.example.org"), clock);
    private final DeadlineWatch watch = new DeadlineWatch();
    private final List<AutoCloseable> open = new ArrayList<>();
    private RunnerRig runner;

    @BeforeEach void start() {
        watch.start();
        spool.start();
        runner = new RunnerRig(spool, onDemand, clock);
        open.add(runner);
    }

    @AfterEach void stop() throws Exception {
        for (var one : open) {
            one.close();
        }
        watch.stop();
    }

    private static Client client(String user) {
        return client("c1", user);
    }

    /** Each connection has an id of its own. */
    private static Client client(String connection, String user) {
        return new Client(connection, InetAddress.ofLiteral("198.51.100.9"), user, true, false);
    }

    private FakeServer customer(UnaryOperator<String> answers) throws IOException {
        var server = new FakeServer(answers);
        open.add(server);
        return server;
    }

    private Wire wire(FakeServer customer) throws IOException {
        var connection = new RemoteConfig.Connection(25, TlsMode.NEVER, java.util.Optional.empty(),
            Duration.ofSeconds(5), RemoteConfig.Connection.DEFAULT.deadlines(), EightBit.CONVERT, 8, Duration.ZERO);
        return new SocketConnector(connection, watch).connect(
            new Target("customer", InetAddress.getLoopbackAddress(), customer.port()),
            Handshakes.usual(TlsMode.NEVER, "localhost"),
            Deadline.none());
    }

    /** Asks, and when that is granted, sends over a connection to the customer. */
    private Result fetch(Client client, FakeServer customer, String... domains) throws IOException {
        var result = desk.ask(client, List.of(domains));
        if (result instanceof Result.Ready(var handover)) {
            try (handover) {
                handover.run(wire(customer));
            }
        }
        return result;
    }

    /** A message whose recipients u@DOMAIN failed three times and are due in an hour. */
    private QueueId waiting(String... domains) {
        return message(new RecipientState.Routed(new Route("remote", "gate"), clock.instant().plusSeconds(3600), 3,
            "450 x"), domains);
    }

    private QueueId message(RecipientState state, String... domains) {
        return message(spool, state, domains);
    }

    private QueueId message(Spool into, RecipientState state, String... domains) {
        var plain = TestMessages.message(into, clock.instant(), "Subject: x\r\n\r\nx\r\n", state, domains);
        into.commit(Change.accept(new NewMessage(plain.id(), plain.origin(), plain.variants(), Arrays.stream(domains)
            .map(domain -> new NewRecipient(Recipient.of(new Mailbox("u", domain)), 0, state)).toList(),
            plain.history())));
        return plain.id();
    }

    private QueueId ready(String... domains) {
        return message(new RecipientState.Routed(new Route("remote", "gate"), clock.instant(), 0, ""), domains);
    }

    private RecipientState state(QueueId id, int recipient) {
        return spool.find(id).orElseThrow().recipients().get(recipient).state();
    }

    private RecipientState state(QueueId id) {
        return state(id, 0);
    }

    private static void await(BooleanSupplier condition) {
        var end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("the time until it happens").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void awaitDelivered(QueueId... ids) {
        await(() -> Arrays.stream(ids).allMatch(id -> state(id) instanceof RecipientState.Delivered));
    }

    private static List<String> rcpts(FakeServer customer) {
        return customer.heard().stream().filter(line -> line.startsWith("RCPT")).sorted().toList();
    }

    @Test void allMailOfTheOwnersDomainsGoesOverItsConnectionAndThenQuit() throws IOException {
        var mine = waiting("A.Example");
        var below = waiting("x.b.example");
        var foreign = waiting("c.example");
        var customer = customer(USUAL);
        assertThat(fetch(ANN, customer)).isInstanceOf(Result.Ready.class);
        awaitDelivered(mine, below);
        assertThat(rcpts(customer)).containsExactly("RCPT TO:<u@A.Example>", "RCPT TO:<u@x.b.example>");
        assertThat(customer.heard()).startsWith("(connected)", "EHLO mx.example.org").endsWith("QUIT");
        assertThat(state(mine)).isEqualTo(new RecipientState.Delivered("250 2.0.0 Taken"));
        assertThat(state(foreign)).isInstanceOfSatisfying(RecipientState.Routed.class,
            routed -> assertThat(routed.due()).isAfter(clock.instant()));
        assertThat(runner.routed()).isEmpty();
    }

    @Test void ofAMessageForSeveralDomainsOnlyTheOwnersRecipientsGo() throws IOException {
        var mixed = waiting("a.example", "c.example", "b.example");
        var customer = customer(USUAL);
        fetch(ANN, customer, "a.example");
        awaitDelivered(mixed);
        assertThat(rcpts(customer)).containsExactly("RCPT TO:<u@a.example>");
        assertThat(state(mixed, 1)).isInstanceOf(RecipientState.Routed.class);
        assertThat(state(mixed, 2)).isInstanceOf(RecipientState.Routed.class);
    }

    @Test void theRestOfAMessageThatIsDueGoesWhereItsRouteLeads() throws IOException {
        waiting("b.example");
        var result = desk.ask(ANN, List.of());
        var both = ready("b.example", "relay.example");    // claimed together
        var customer = customer(USUAL);
        try (var handover = ((Result.Ready) result).handover()) {
            handover.run(wire(customer));
        }
        await(() -> state(both, 0).isFinal() && state(both, 1).isFinal());
        assertThat(rcpts(customer)).containsExactly("RCPT TO:<u@b.example>", "RCPT TO:<u@b.example>");
        assertThat(runner.routed()).containsExactly("u");
    }

    @Test void oneForeignDomainAndNothingIsHandedOut() {
        var mine = waiting("a.example");
        for (var foreign : List.of("c.example", "other.example", "relay.example", "unknown.example")) {
            assertThat(desk.ask(ANN, List.of("a.example", foreign)))
                .isEqualTo(new Result.Refused("not all of these domains are yours"));
        }
        assertThat(desk.ask(client("bob@local.example"), List.of("a.example"))).isInstanceOf(Result.Refused.class);
        assertThat(desk.ask(client("eve@local.example"), List.of())).isEqualTo(
            new Result.Refused("no domain is yours"));
        assertThat(((RecipientState.Routed) state(mine)).due()).isAfter(clock.instant());
    }

    @Test void withoutMailThereIsNoTurn() {
        waiting("c.example");
        var held = waiting("a.example");
        spool.move(held, recipient -> java.util.Optional.of(new RecipientState.Held("operator", recipient.state())),
            "held");
        assertThat(desk.ask(ANN, List.of("a.example", "b.example"))).isEqualTo(new Result.NoMail());
        assertThat(turns.of("a.example")).isEmpty();
        assertThat(state(held)).isInstanceOf(RecipientState.Held.class);
    }

    @Test void whoAsksAgainAtOnceIsRefusedAndWhileMailIsOnItsWayToo() throws IOException {
        waiting("a.example");
        var first = desk.ask(ANN, List.of("a.example"));
        assertThat(desk.ask(ANN, List.of())).as("before a turn of its own takes mail that it would not send").isEqualTo(
            new Result.Refused("you asked a moment ago"));
        clock.pass(Duration.ofSeconds(2));
        assertThat(desk.ask(ANN, List.of())).isEqualTo(
            new Result.Refused("this mail is being sent over another connection"));
        ((Result.Ready) first).handover().close();
        assertThat(desk.ask(client("bob@local.example"), List.of())).isEqualTo(new Result.NoMail());
    }

    @Test void aSpoolThatCannotBeReadIsUnableForNow() {
        waiting("a.example");
        var broken = (Spool) Proxy.newProxyInstance(Spool.class.getClassLoader(), new Class<?>[] {Spool.class},
            (_, _, _) -> {
                throw new SpoolException("no disk", true, null);
            });
        var unable = new AtrnDesk(new Rights(config, new RelayConfig(List.of(), Set.of())),
            new Searches(config.again(), broken, clock::nanos), turns, RemoteConfig.of("mx.example.org"), clock);
        assertThat(unable.ask(ANN, List.of())).isEqualTo(new Result.Unable());
        assertThat(turns.of("a.example")).isEmpty();
    }

    @Test void aSearchThatFailsUnforeseenLeavesNoTurnBehind() {
        waiting("a.example");
        var broken = (Spool) Proxy.newProxyInstance(Spool.class.getClassLoader(), new Class<?>[] {Spool.class},
            (_, _, _) -> {
                throw new IllegalStateException("a bug");
            });
        var failing = new AtrnDesk(new Rights(config, new RelayConfig(List.of(), Set.of())),
            new Searches(config.again(), broken, clock::nanos), turns, RemoteConfig.of("mx.example.org"), clock);
        assertThatThrownBy(() -> failing.ask(ANN, List.of())).hasMessage("a bug");
        assertThat(turns.of("a.example")).isEmpty();
    }

    @Test void aConnectionThatBreaksLeavesTheRestQueuedAndRepeatsNothing() throws IOException {
        var ids = List.of(waiting("a.example"), waiting("a.example"), waiting("a.example"));
        var texts = new AtomicInteger();
        var breaking = customer(line -> line.startsWith("MAIL") && texts.incrementAndGet() == 2 ? "close" : "");
        fetch(ANN, breaking);
        await(() -> ids.stream().allMatch(id -> state(id) instanceof RecipientState.Delivered
            || state(id) instanceof RecipientState.Routed routed && routed.lastReply().startsWith("451 4.4.2")));
        assertThat(ids.stream().filter(id -> state(id) instanceof RecipientState.Delivered)).hasSize(1);
        clock.pass(Duration.ofMinutes(1));
        var customer = customer(USUAL);
        fetch(client("c2", "ann@local.example"), customer);
        awaitDelivered(ids.toArray(QueueId[]::new));
        assertThat(rcpts(customer)).hasSize(2);
        assertThat(runner.routed()).isEmpty();
    }

    @Test void whatWasSentButNotAnsweredIsSentAgain() throws IOException {
        var id = waiting("a.example");
        fetch(ANN, customer(line -> line.equals(".") ? "close" : ""));
        await(() -> state(id) instanceof RecipientState.Routed routed && routed.attempts() == 4);
        clock.pass(Duration.ofMinutes(1));
        fetch(client("c2", "ann@local.example"), customer(USUAL));
        awaitDelivered(id);
    }

    @Test void eachRecipientIsSettledAsTheCustomerAnswers() throws IOException {
        var good = waiting("a.example");
        var busy = waiting("x.b.example");
        var bad = waiting("y.b.example");
        fetch(ANN, customer(line -> line.contains("@x.") ? "450 4.2.1 Later" : line.contains("@y.") ? "550 5.1.1 No"
            : ""));
        awaitDelivered(good);
        await(() -> state(bad) instanceof RecipientState.Bounced && state(busy) instanceof RecipientState.Routed routed
            && routed.lastReply().equals("450 4.2.1 Later") && routed.attempts() == 4);
    }

    @Test void aCustomerThatDoesNotGreetGetsNothingAndLosesNothing() throws IOException {
        var id = waiting("a.example");
        fetch(ANN, customer(line -> line.isEmpty() ? "554 5.3.2 Not now" : ""));
        await(() -> state(id) instanceof RecipientState.Routed routed && routed.lastReply().startsWith("451 4.4.2"));
        assertThat(turns.of("a.example")).isEmpty();
    }

    @Test void mailThatComesMeanwhileGoesAlong() throws IOException {
        var first = waiting("a.example");
        var second = new AtomicReference<QueueId>();
        var customer = customer(line -> {
            if (line.startsWith("MAIL") && second.get() == null) {
                second.set(ready("a.example"));
            }
            return "";
        });
        fetch(ANN, customer);
        awaitDelivered(first, second.get());
        assertThat(rcpts(customer)).hasSize(2);
    }

    @Test void theOneWhoWaitsSleepsWhileACustomerTakesItsTimeToAnswer() throws IOException {
        waiting("a.example");
        var waiting = Thread.currentThread();
        var second = new AtomicReference<QueueId>();
        var dots = new AtomicInteger();
        var asleep = new AtomicBoolean();
        var customer = customer(line -> {
            if (line.startsWith("MAIL") && second.get() == null) {
                second.set(ready("a.example"));
            } else if (line.equals(".") && dots.incrementAndGet() == 2) {
                asleep.set(isAsleepSoon(waiting));
            }
            return "";
        });
        fetch(ANN, customer);
        awaitDelivered(second.get());
        assertThat(asleep).isTrue();
    }

    /** Whether it comes to wait for others without a time of its own. */
    private static boolean isAsleepSoon(Thread thread) {
        var end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (thread.getState() != Thread.State.WAITING && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        return thread.getState() == Thread.State.WAITING;
    }

    @Test void mailThatIsDueAlreadyIsWaitedForWhileItsWorkerIsSlow() throws Exception {
        var slow = new InMemorySpool(clock);
        slow.start();
        message(slow, new RecipientState.Routed(new Route("remote", "gate"), clock.instant(), 0, ""), "a.example");
        var busy = new AtrnDesk(new Rights(config, new RelayConfig(List.of(), Set.of())),
            new Searches(config.again(), slow, clock::nanos), turns, RemoteConfig.of("mx.example.org"), clock);
        var customer = customer(USUAL);
        var wire = wire(customer);
        try (var handover = ((Result.Ready) busy.ask(ANN, List.of())).handover()) {
            var over = Thread.ofVirtual().start(() -> handover.run(wire));
            await(() -> customer.heard("EHLO") == 1);
            var late = System.nanoTime() + Duration.ofMillis(500).toNanos();    // twice what it lingers
            await(() -> System.nanoTime() > late);
            open.add(new RunnerRig(slow, onDemand, clock));
            over.join();
        }
        assertThat(rcpts(customer)).hasSize(1);
    }

    @Test void aServerThatStopsSendsTheMessageOnItsWayAndNoOther() throws IOException {
        var ids = List.of(waiting("a.example"), waiting("a.example"));
        var running = new AtomicReference<QueueTurn.Handover>();
        var customer = customer(line -> {
            if (line.startsWith("MAIL")) {
                running.get().endSoon();
            }
            return "";
        });
        try (var handover = ((Result.Ready) desk.ask(ANN, List.of())).handover()) {
            running.set(handover);
            handover.run(wire(customer));
        }
        assertThat(customer.heard("MAIL")).isEqualTo(1);
        assertThat(customer.heard()).endsWith("QUIT");
        await(() -> ids.stream().filter(id -> state(id) instanceof RecipientState.Delivered).count() == 1);
    }

    @Test void whatIsFetchedOnlyFindsNoOtherWayWhoeverAsks() {
        var id = ready("a.example");
        var other = ready("b.example");
        awaitDelivered(other);
        await(() -> state(id) instanceof RecipientState.Routed routed && routed.due().isAfter(clock.instant()));
        runner.suspensions().lift(new Route("remote", "gate"), "a.example", clock.instant());
        runner.suspensions().liftAll(clock.instant());
        spool.startDelivery(_ -> true, clock.instant());
        await(() -> state(id) instanceof RecipientState.Routed routed && routed.due().isAfter(clock.instant()));
        assertThat(runner.routed()).containsExactly("u");
        clock.pass(Duration.ofDays(5));
        await(() -> state(id) instanceof RecipientState.Bounced);
        assertThat(((RecipientState.Bounced) state(id)).reply()).startsWith("451 4.4.7 Not delivered within 5 days")
            .endsWith("Kept until its domain asks for it (ETRN, ATRN)");
    }
}
