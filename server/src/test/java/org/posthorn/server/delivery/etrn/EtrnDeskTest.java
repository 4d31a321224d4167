package org.posthorn.server.delivery.etrn;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.posthorn.mailets.port.Network;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.etrn.EtrnCommand;
import org.posthorn.protocols.etrn.QueueFlush.Client;
import org.posthorn.protocols.etrn.QueueFlush.Result;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.server.chain.RelayConfig;
import org.posthorn.server.config.Sections;
import org.posthorn.server.delivery.OnDemand;
import org.posthorn.server.delivery.Reachability;
import org.posthorn.server.delivery.RecordingSuspensions;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.NewRecipient;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.Spool;
import org.posthorn.server.spool.TestClock;
import org.posthorn.server.spool.TestMessages;
import org.slf4j.LoggerFactory;

class EtrnDeskTest {

    private static final Client HERE = client("127.0.0.1", "");
    private static final Client STRANGER = client("198.51.100.9", "");

    private final TestClock clock = new TestClock();
    private final InMemorySpool spool = new InMemorySpool(clock);
    private final RecordingSuspensions suspensions = new RecordingSuspensions();
    private final Map<Instant, Runnable> putOff = new TreeMap<>();

    @BeforeEach void startSpool() {
        spool.start();
    }

    private static Client client(String address, String user) {
        return new Client("c1", InetAddress.ofLiteral(address), user, false, true);
    }

    private int aliveFor = Integer.MAX_VALUE;       // recipients that are looked at

    private Reachability.State state(Spool.Waiting waiting) {
        return aliveFor-- > 0 ? Reachability.State.OPEN : Reachability.State.SUSPENDED;
    }

    private EtrnDesk desk(String xml) {
        var relay = new RelayConfig(List.of(Network.parse("192.0.2.0/24")), Set.of("relay.example"));
        var config = EtrnConfig.read(Sections.of("etrn", xml), Path.of("home"));
        return new EtrnDesk(new Rights(config, relay), new Searches(config.again(), spool, clock::nanos), suspensions,
            this::state, OnDemand.never(), this::putOff, clock);
    }

    private void putOff(Duration wait, Runnable what) {
        putOff.merge(clock.instant().plus(wait), what, (first, second) -> () -> {
            first.run();
            second.run();
        });
    }

    private Result ask(EtrnDesk desk, Client client, String node) {
        return desk.start(client, ((EtrnCommand.Start) EtrnCommand.parse(node)).node());
    }

    private Result ask(String xml, Client client, String node) {
        return ask(desk(xml), client, node);
    }

    private RecipientState later(String nextHop) {
        return new RecipientState.Routed(new Route("remote", nextHop), clock.instant().plusSeconds(3600), 3, "450 x");
    }

    /** One message with recipients of these domains, each routed to its domain, due in an hour. */
    private QueueId message(String... domains) {
        var plain = TestMessages.message(spool, clock.instant(), "x", later("x"), domains);
        var recipients = java.util.Arrays.stream(domains).map(domain ->
            new NewRecipient(Recipient.of(new Mailbox("u", domain)), 0, later(domain))).toList();
        spool.commit(Change.accept(new NewMessage(plain.id(), plain.origin(), plain.variants(), recipients,
            plain.history())));
        return plain.id();
    }

    private List<Boolean> due(QueueId id) {
        return spool.find(id).orElseThrow().recipients().stream().map(recipient -> recipient.state()
            instanceof RecipientState.Routed routed && !routed.due().isAfter(clock.instant())).toList();
    }

    @Test void onlyThatNodesRecipientsBecomeDueAndTheirMessagesAreCounted() {
        var mixed = message("Relay.Example", "other.example", "sub.relay.example");
        var second = message("relay.example", "relay.example");
        message("other.example");
        assertThat(ask("<etrn/>", HERE, "relay.example")).isEqualTo(new Result.Pending(2));
        assertThat(due(mixed)).containsExactly(true, false, false);
        assertThat(due(second)).containsExactly(true, true);
        assertThat(spool.find(second).orElseThrow().recipients()).allSatisfy(recipient ->
            assertThat(recipient.state()).isInstanceOfSatisfying(RecipientState.Routed.class, routed -> {
                assertThat(routed.route()).as("never where the client is").isEqualTo(
                    new Route("remote", "relay.example"));
                assertThat(routed.attempts()).isEqualTo(3);
                assertThat(routed.lastReply()).isEqualTo("450 x");
            }));
        assertThat(suspensions.lifted()).containsExactlyInAnyOrder("remote Relay.Example", "remote relay.example");
    }

    @Test void nothingWaitingAndAllInHandAreToldApart() throws Exception {
        var desk = desk("<etrn/>");
        assertThat(ask(desk, HERE, "relay.example")).isEqualTo(new Result.NothingWaiting());
        message("relay.example");
        clock.pass(Duration.ofHours(1));
        assertThat(spool.takeDue(9, Duration.ZERO)).hasSize(1);
        assertThat(ask(desk, HERE, "relay.example")).isEqualTo(new Result.UnderWay());
        clock.pass(Duration.ofSeconds(2));
        message("relay.example");
        assertThat(ask(desk, HERE, "relay.example")).isEqualTo(new Result.Pending(2));
    }

    @Test void heldMailStaysHeldAndIsNotCounted() {
        var held = message("relay.example");
        spool.move(held, recipient -> java.util.Optional.of(new RecipientState.Held("operator", recipient.state())),
            "held");
        assertThat(ask("<etrn/>", HERE, "relay.example")).isEqualTo(new Result.NothingWaiting());
        assertThat(spool.find(held).orElseThrow().recipients().getFirst().state())
            .isInstanceOf(RecipientState.Held.class);
    }

    @Test void aSpoolThatCannotBeReadIsUnableForNow() {
        message("relay.example");
        spool.broken(true);
        assertThat(ask("<etrn/>", HERE, "relay.example")).isEqualTo(new Result.Unable());
    }

    /** A million for it would all be looked at and put off again. */
    @Test void whatTurnsOutDeadIsNotStarted() {
        var one = message("relay.example");
        var two = message("relay.example");
        aliveFor = 1;
        assertThat(ask("<etrn/>", HERE, "relay.example")).isEqualTo(new Result.Pending(1));
        assertThat(List.of(due(one), due(two))).isEqualTo(List.of(List.of(true), List.of(false)));
    }

    @Test void whoAsksAgainAtOnceIsToldThatItWasStarted() {
        var desk = desk("<etrn/>");
        message("relay.example");
        assertThat(ask(desk, HERE, "relay.example")).isEqualTo(new Result.Pending(1));
        var late = message("relay.example");
        assertThat(ask(desk, HERE, "relay.example")).isEqualTo(new Result.Started());
        assertThat(ask(desk, HERE, "relay.example")).isEqualTo(new Result.Started());
        assertThat(due(late)).containsExactly(false);
        assertThat(putOff).containsOnlyKeys(clock.instant().plusSeconds(2));
        clock.pass(Duration.ofSeconds(2));
        putOff.values().forEach(Runnable::run);
        assertThat(due(late)).as("started, as it was told").containsExactly(true);
    }

    @Test void twoWithCertificatesOfTheirOwnBehindOneAddressAreTwoWhoAsk() {
        var desk = desk("""
            <etrn>
              <node name="a.isp.example"><certificate>%s</certificate></node>
              <node name="b.isp.example"><certificate>%s</certificate></node>
            </etrn>
            """.formatted("0A:".repeat(31) + "0A", "0B:".repeat(31) + "0B"));
        var ann = new Client("c1", InetAddress.ofLiteral("198.51.100.9"), "", true, false, "sha256:" + "0a".repeat(32));
        var bob = new Client("c2", InetAddress.ofLiteral("198.51.100.9"), "", true, false, "sha256:" + "0b".repeat(32));
        assertThat(ask(desk, ann, "@isp.example")).isEqualTo(new Result.NothingWaiting());
        var anns = message("a.isp.example");
        var bobs = message("b.isp.example");
        assertThat(ask(desk, ann, "@isp.example")).isEqualTo(new Result.Started());
        assertThat(ask(desk, bob, "@isp.example")).isEqualTo(new Result.Started());
        for (var second = 0; second < 2; second++) {    // the name rests again after the first of them
            clock.pass(Duration.ofSeconds(2));
            var now = List.copyOf(putOff.values());
            putOff.clear();
            now.forEach(Runnable::run);
        }
        assertThat(due(anns)).containsExactly(true);
        assertThat(due(bobs)).containsExactly(true);
    }

    @Test void aClockThatIsSetBackPutsNobodyOffLonger() {
        var desk = desk("<etrn/>");
        message("relay.example");
        assertThat(ask(desk, HERE, "relay.example")).isEqualTo(new Result.Pending(1));
        clock.pass(Duration.ofHours(-1));
        clock.pass(Duration.ofSeconds(2));
        message("relay.example");
        assertThat(ask(desk, HERE, "relay.example")).isEqualTo(new Result.Pending(2));
    }

    @Test void whatIsFetchedByAtrnAloneIsNotStarted() {
        var xml = """
            <etrn>
              <node name="a.isp.example" atrn-only="true"><from>anyone</from><atrn>a@local.example</atrn></node>
              <node name="b.isp.example"><from>anyone</from></node>
              <queue name="all"><domain>@isp.example</domain></queue>
            </etrn>
            """;
        message("a.isp.example", "b.isp.example");
        message("a.isp.example");
        assertThat(ask(xml, HERE, "a.isp.example")).isEqualTo(new Result.NotAllowed("its mail is fetched by ATRN"));
        assertThat(ask(xml, HERE, "@isp.example")).isEqualTo(new Result.Pending(1));
        assertThat(ask(xml, HERE, "#all")).isEqualTo(new Result.Pending(1));
    }

    @Test void whoAsksAgainAfterAWhileHasItLookedAtAtOnce() {
        var desk = desk("<etrn/>");
        message("relay.example");
        assertThat(ask(desk, HERE, "relay.example")).isEqualTo(new Result.Pending(1));
        message("relay.example");
        clock.pass(Duration.ofSeconds(2));
        assertThat(ask(desk, HERE, "relay.example")).isEqualTo(new Result.Pending(2));
        assertThat(putOff).isEmpty();
    }

    @Test void relayDomainsMayBeAskedForFromHereFromTrustedNetworksAndByUsers() {
        for (var allowed : List.of(HERE, client("::1", ""), client("192.0.2.77", ""),
            client("198.51.100.9", "ann@local.example"))) {
            assertThat(ask("<etrn/>", allowed, "relay.example")).isEqualTo(new Result.NothingWaiting());
        }
        assertThat(ask("<etrn/>", STRANGER, "relay.example")).isEqualTo(new Result.NotAllowed("log in first"));
        assertThat(ask("<etrn/>", HERE, "sub.relay.example")).isEqualTo(new Result.NotAllowed("no such node here"));
        assertThat(ask("<etrn/>", HERE, "foreign.example")).isEqualTo(new Result.NotAllowed("no such node here"));
        assertThat(ask("<etrn><relay-domains>false</relay-domains></etrn>", HERE, "relay.example"))
            .isEqualTo(new Result.NotAllowed("no such node here"));
    }

    @Test void anEntrySaysWhoMayAsk() {
        var xml = """
            <etrn>
              <node name="relay.example"><from>203.0.113.5</from><user>Branch@Local.example</user></node>
              <node name="open.example"><from>anyone</from></node>
              <node name="tls.example" tls="true"><from>anyone</from></node>
            </etrn>
            """;
        assertThat(ask(xml, HERE, "relay.example")).isEqualTo(new Result.NotAllowed("log in first"));
        assertThat(ask(xml, client("198.51.100.9", "ann@local.example"), "relay.example"))
            .isEqualTo(new Result.NotAllowed("not for you"));
        assertThat(ask(xml, client("198.51.100.9", "branch@local.example"), "relay.example"))
            .isEqualTo(new Result.NothingWaiting());
        assertThat(ask(xml, client("203.0.113.5", ""), "relay.example")).isEqualTo(new Result.NothingWaiting());
        assertThat(ask(xml, STRANGER, "open.example")).isEqualTo(new Result.NothingWaiting());
        assertThat(ask(xml, STRANGER, "tls.example")).isEqualTo(new Result.NotAllowed("STARTTLS first"));
        assertThat(ask(xml, new Client("c", InetAddress.ofLiteral("198.51.100.9"), "", true, false), "tls.example"))
            .isEqualTo(new Result.NothingWaiting());
    }

    @Test void eachAskingIsInTheLogWithWhoAndWhy() {
        var logger = (Logger) LoggerFactory.getLogger(EtrnDesk.class);
        var lines = new ListAppender<ILoggingEvent>();
        lines.start();
        logger.addAppender(lines);
        try {
            message("relay.example");
            ask("<etrn/>", STRANGER, "relay.example");
            ask("<etrn/>", HERE, "relay.example");
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list).extracting(ILoggingEvent::getFormattedMessage).satisfiesExactly(
            refused -> assertThat(refused).startsWith("conn=c1 event=etrn-refused node=relay.example ip=198.51.100.9")
                .endsWith("why=\"log in first\""),
            started -> assertThat(started).startsWith("conn=c1 event=etrn node=relay.example ip=127.0.0.1")
                .endsWith("started=\"1 message\""));
    }

    @Test void aCertificateMayAskWhereItIsListed() {
        var mine = "sha256:" + "0a".repeat(32);
        var xml = "<etrn><relay-domains>false</relay-domains><node name='a.example'><certificate>" + "0A:".repeat(31)
            + "0A</certificate></node></etrn>";
        var holder = new Client("c", InetAddress.ofLiteral("198.51.100.9"), "", true, false, mine);
        var other = new Client("c", InetAddress.ofLiteral("198.51.100.9"), "", true, false, mine.replace('a', 'b'));
        assertThat(ask(xml, holder, "a.example")).isEqualTo(new Result.NothingWaiting());
        assertThat(desk(xml).isOfferedTo(holder)).isTrue();
        for (var refused : List.of(other, STRANGER, HERE)) {
            assertThat(ask(xml, refused, "a.example")).isEqualTo(new Result.NotAllowed("not for you"));
            assertThat(desk(xml).isOfferedTo(refused)).isFalse();
        }
    }

    @Test void aTreeIsWhatTheClientMayAskForWithinIt() {
        var xml = """
            <etrn>
              <node name="a.isp.example"><from>anyone</from></node>
              <node name="b.isp.example"><user>b@local.example</user></node>
              <node name="@c.isp.example"><from>anyone</from></node>
            </etrn>
            """;
        var mine = message("a.isp.example");
        var theirs = message("b.isp.example");
        var below = message("x.c.isp.example");
        var nobodys = message("d.isp.example");
        assertThat(ask(xml, STRANGER, "@isp.example")).isEqualTo(new Result.Pending(2));
        assertThat(List.of(due(mine), due(theirs), due(below), due(nobodys)))
            .containsExactly(List.of(true), List.of(false), List.of(true), List.of(false));
        assertThat(ask(xml, STRANGER, "x.c.isp.example")).isEqualTo(new Result.Pending(1));
        assertThat(ask(xml, STRANGER, "@b.isp.example")).isEqualTo(new Result.NotAllowed("log in first"));
        assertThat(ask(xml, STRANGER, "@example.org")).isEqualTo(new Result.NotAllowed("no such node here"));
        assertThat(ask("<etrn/>", HERE, "@relay.example")).isEqualTo(new Result.NothingWaiting());
    }

    @Test void aQueueIsAllItsDomains() {
        var xml = """
            <etrn><queue name="night"><domain>a.example</domain><domain>@b.example</domain></queue></etrn>
            """;
        message("a.example", "x.b.example");
        message("x.b.example");
        message("c.example");
        assertThat(ask(xml, HERE, "#Night")).isEqualTo(new Result.Pending(2));
        assertThat(ask(xml, STRANGER, "#night")).isEqualTo(new Result.NotAllowed("log in first"));
        assertThat(ask(xml, HERE, "#day")).isEqualTo(new Result.NotAllowed("no such queue here"));
        assertThat(ask(xml, HERE, "a.example")).isEqualTo(new Result.NotAllowed("no such node here"));
    }

    @Test void itIsOfferedToThoseWhoMayAskOnceTheyLogIn() {
        assertThat(desk("<etrn/>").isOfferedTo(HERE)).isTrue();
        assertThat(desk("<etrn/>").isOfferedTo(STRANGER)).as("may log in").isTrue();
        assertThat(desk("<etrn/>").isOfferedTo(new Client("c", InetAddress.ofLiteral("198.51.100.9"), "", false,
            false))).isFalse();
        assertThat(desk("<etrn><relay-domains>false</relay-domains></etrn>").isOfferedTo(HERE)).isFalse();
        assertThat(desk("<etrn><node name='a.example' tls='true'><from>anyone</from></node></etrn>")
            .isOfferedTo(STRANGER)).isTrue();
    }

    @Test void whatWaitsForADomainThatAsksIsMarkedAsAskedForBeforeItIsDue() {
        var xml = "<etrn><node name='a.example' etrn-only='true'/></etrn>";
        var config = EtrnConfig.read(Sections.of("etrn", xml), Path.of("home"));
        assertThat(config.waits("a.example")).isTrue();
        var asked = new java.util.ArrayList<Instant>();
        var watching = new EtrnDesk(new Rights(config, new RelayConfig(List.of(), Set.of())),
            new Searches(config.again(), spool, clock::nanos), new org.posthorn.server.delivery.Suspensions() {
                @Override public void ask(String domain, Instant due) {
                    throw new AssertionError("not without its route");
                }

                @Override public void resume(Route route) {
                    throw new AssertionError("not without its domain");
                }

                @Override public void lift(Route route, String domain, Instant due) {
                    asked.add(due);
                    assertThat(spool.counts().routed()).isEqualTo(1);
                }

                @Override public void liftAll(Instant due) {
                    throw new AssertionError("not all");
                }
            }, this::state, OnDemand.never(), this::putOff, clock);
        var id = message("a.example");
        assertThat(ask(watching, HERE, "a.example")).isEqualTo(new Result.Pending(1));
        assertThat(asked).containsExactly(clock.instant());
        assertThat(due(id)).containsExactly(true);
    }
}
