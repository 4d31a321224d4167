package org.posthorn.server.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.net.TlsFacts;
import org.posthorn.protocols.smtp.Envelope;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Peer;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.smtp.SinkException;
import org.posthorn.protocols.smtp.Verdict;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.policy.DataVerdict;
import org.posthorn.server.policy.SessionPolicy;
import org.posthorn.server.spool.Draft;
import org.posthorn.server.spool.Event;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.NewRecipient;
import org.posthorn.server.spool.NewVariant;
import org.posthorn.server.spool.Origin;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.SpooledMessage;
import org.posthorn.server.spool.TestClock;
import org.posthorn.server.spool.TestMessages;
import org.slf4j.LoggerFactory;

class IntakeTest {

    private static final String MESSAGE = "Subject: hello\r\n\r\nbody\r\n";

    private final TestClock clock = new TestClock();
    private final InMemorySpool spool = new InMemorySpool(clock);
    private final Awaited awaited = new Awaited();
    private final List<Duration> pauses = new ArrayList<>();
    private boolean memoryIsShort;
    private IntakeConfig config = IntakeConfig.of("mx.example.org", 1 << 20);
    private Answer answer = Answer.all(_ -> Optional.empty());
    private Peer peer = peer("smtp", Peer.Greeting.EHLO, "client.example.org", "");
    private Envelope envelope = envelope("bob");

    /** What the policy of a test says to a message. */
    private interface Answer {
        DataVerdict to(Envelope envelope, QueueId id, Draft message);

        /** Takes all but those that get a reply. */
        static Answer all(Refusals refusals) {
            return (envelope, _, message) -> {
                var recipients = new ArrayList<NewRecipient>();
                var refused = new HashMap<Integer, Reply>();
                for (var recipient : envelope.recipients()) {
                    var reply = refusals.of(recipient);
                    reply.ifPresent(no -> refused.put(recipients.size(), no));
                    recipients.add(new NewRecipient(recipient, 0, reply.isPresent()
                        ? new RecipientState.Failed(reply.get().toString())
                        : new RecipientState.Pending("root", Instant.EPOCH, 0, false)));
                }
                return new DataVerdict.Take(List.of(new NewVariant(message, "seen=yes")), recipients, refused,
                    List.of(new Event(Instant.EPOCH, "", "decided", "by a test")));
            };
        }
    }

    private interface Refusals {
        Optional<Reply> of(Recipient recipient);
    }

    @Test void anAcceptedMessageIsInTheSpoolWhenTheReplyIsGiven() throws Exception {
        var reply = one(send(MESSAGE));
        var message = spooled();
        assertThat(reply).hasToString("250 2.0.0 Ok: queued as " + message.id());
        assertThat(message.origin()).isEqualTo(new Origin(envelope.sender(), envelope.parameters(), clock.instant(),
            "smtp", "192.0.2.7", "client.example.org", ""));
        assertThat(message.variants().getFirst().attributes()).isEqualTo("seen=yes");
        assertThat(message.recipients().getFirst().state()).isInstanceOf(RecipientState.Pending.class);
        assertThat(spool.history(message.id())).extracting(Event::what).containsExactly("decided", "received");
        assertThat(spool.history(message.id()).getLast().detail()).isEqualTo("from <ann@example.org> by 192.0.2.7"
            + " (client.example.org) with ESMTP on smtp, 24 octets");
    }

    @Test void whatThePolicyDecidedStandsInTheLog() throws Exception {
        answer = (whole, _, message) -> new DataVerdict.Take(List.of(new NewVariant(message, "")),
            whole.recipients().stream()
                .map(one -> new NewRecipient(one, 0, new RecipientState.Discarded("data#1"))).toList(),
            Map.of(), List.of(new Event(Instant.EPOCH, "bob@example.net", "discarded", "by data#1")));
        var logger = (Logger) LoggerFactory.getLogger(Intake.class);
        var lines = new ListAppender<ILoggingEvent>();
        lines.start();
        logger.addAppender(lines);
        try {
            send(MESSAGE);
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list.getLast().getFormattedMessage()).startsWith("mail=")
            .endsWith("event=discarded to=bob@example.net detail=\"by data#1\"");
    }

    @Test void oneReceivedFieldStandsOnTop() throws Exception {
        send(MESSAGE);
        assertThat(text()).isEqualTo("""
            Received: from client.example.org ([192.0.2.7])
            \tby mx.example.org with ESMTP id ID
            \tfor <bob@example.net>;
            \tSun, 1 Mar 2026 12:00:00 +0000
            Subject: hello

            body
            """.replace("\n", "\r\n").replace("ID", spooled().id().toString()));
    }

    @Test void severalRecipientsDoNotLearnOfEachOther() throws Exception {
        envelope = envelope("bob", "carol");
        send(MESSAGE);
        assertThat(text()).doesNotContain(" for ", "bob", "carol");
    }

    @Test void receivedTellsOfTlsAndAuthentication() throws Exception {
        peer = new Peer("c1", "submission", peer.local(), new InetSocketAddress(address("2001:db8::7"), 4711),
            Peer.Greeting.EHLO, "laptop", Optional.of(new TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384")),
            "ann@example.org");
        send("Date: x\r\nMessage-ID: <y>\r\n\r\n");
        assertThat(text()).startsWith("Received: from laptop ([IPv6:2001:db8:0:0:0:0:0:7])\r\n\tby mx.example.org with "
            + "ESMTPSA\r\n\t(TLSv1.3 TLS_AES_256_GCM_SHA384) id ").doesNotContain("ann@example.org");
    }

    @Test void receivedHasTheNameThatAListedPeerGave() throws Exception {
        peer = new Peer("c1", "smtp", peer.local(), peer.remote(), Peer.Greeting.HELO, "laptop", Optional.empty(), "",
            new Peer.Introduction(Optional.of(peer.local()), "client.example", false));
        send(MESSAGE);
        assertThat(text()).startsWith("Received: from laptop (client.example [192.0.2.7])\r\n\tby mx.example.org ");
    }

    @ParameterizedTest @ValueSource(strings = {"a b", "a\r\nX-Evil: yes", "a)(", "a;b", "\u00e4", "", "a\tb", "a\0b"})
    void aGreetingThatIsNoNameIsNotRepeated(String helo) throws Exception {
        peer = peer("smtp", Peer.Greeting.EHLO, helo, "");
        send(MESSAGE);
        assertThat(text()).startsWith("Received: from [192.0.2.7] ([192.0.2.7])\r\n\tby ").doesNotContain("Evil");
    }

    @Test void returnPathIsTakenOutHoweverItIsWritten() throws Exception {
        send("RETURN-path : <x@y>\r\n\tfolded\r\nSubject: s\r\nReturn-Path:\r\n\r\nReturn-Path: body\r\n");
        assertThat(text()).endsWith("+0000\r\nSubject: s\r\n\r\nReturn-Path: body\r\n");
    }

    @Test void authenticationResultsInOurNameAreTakenOut() throws Exception {
        send("""
            Authentication-Results: mx.example.org; spf=pass
            authentication-results: (c)\r
             MX.example.ORG/1; spf=pass
            Authentication-Results: other.example;
            \tspf=pass
            Authentication-Results: ; none
            ARC-Authentication-Results: i=1; mx.example.org; none
            Subject: s

            """.replace("\r\n", "\n").replace("\n", "\r\n"));
        assertThat(text()).endsWith("+0000\r\nAuthentication-Results: other.example;\r\n\tspf=pass\r\n"
            + "ARC-Authentication-Results: i=1; mx.example.org; none\r\nSubject: s\r\n\r\n");
    }

    @Test void everySplitOfTheOctetsGivesTheSame() throws Exception {
        var octets = ("Authentication-Results: mx.example.org; x\r\nReturn-Path: <>\r\nReceived: a\r\n b\r\n"
            + "Authentication-Results: o; x\r\n\r\nbody\r\n.\r\n").getBytes(StandardCharsets.US_ASCII);
        var expected = "+0000\r\nReceived: a\r\n b\r\nAuthentication-Results: o; x\r\n\r\nbody\r\n.\r\n";
        for (var split = 0; split <= octets.length; split++) {
            try (var incoming = intake().open(policy()).open(peer, envelope)) {
                incoming.body().write(octets, 0, split);
                incoming.body().write(octets, split, octets.length - split);
                incoming.finish();
            }
            var all = spool.list(Optional.empty(), 1000);
            assertThat(TestMessages.text(all.getLast().variants().getFirst().content())).endsWith(expected);
        }
    }

    @ParameterizedTest @ValueSource(strings = {"no header at all\r\n", " indented\r\n", "\r", "Name", "a b: c\r\n",
        ": x\r\n", "\u00fc: x\r\n", "\0"})
    void aMessageWithoutAHeaderIsAllBody(String body) throws Exception {
        send(body);
        assertThat(text()).endsWith(" +0000\r\n\r\n" + body);
    }

    @Test void aHeaderWithoutABodyStaysSo() throws Exception {
        send("Subject: s\r\n");
        assertThat(text()).endsWith("+0000\r\nSubject: s\r\n");
        send("");
        assertThat(text()).endsWith(" +0000\r\n");
    }

    @Test void aSubmittedMessageGetsWhatItLacks() throws Exception {
        peer = peer("submission", Peer.Greeting.EHLO, "laptop", "ann@example.org");
        send(MESSAGE);
        assertThat(text()).endsWith("Subject: hello\r\nDate: Sun, 1 Mar 2026 12:00:00 +0000\r\nMessage-ID: <"
            + spooled().id() + "@mx.example.org>\r\n\r\nbody\r\n");
        send("Subject: cut");
        assertThat(text()).contains("Subject: cut\r\nDate: ");
        send("date: x\r\nMESSAGE-ID: <y>\r\n\r\n");
        assertThat(text()).endsWith("+0000\r\ndate: x\r\nMESSAGE-ID: <y>\r\n\r\n");
        assertThat(spool.history(spooled().id()).getLast().detail()).contains(" as ann@example.org, ");
    }

    @Test void aLoopIsRefusedForGood() throws Exception {
        assertThat(one(send("Received: x\r\n".repeat(100) + "\r\n"))).hasToString(
            "250 2.0.0 Ok: queued as " + spooled().id());
        assertThat(one(send("Received: x\r\n".repeat(101) + "\r\n")).toString()).startsWith("554 5.4.6 ");
        assertThat(spool.list(Optional.empty(), 9)).hasSize(1);
    }

    @Test void aHeaderOverItsLimitsIsRefused() throws Exception {
        assertThat(one(send("X: y\r\n".repeat(1001) + "\r\n")).toString()).startsWith("552 5.3.4 The header has more");
        var small = new IntakeConfig("mx.example.org", Set.of(), 1 << 20, 100, 10, 1000,
            Duration.ZERO, Duration.ZERO);
        try (var incoming = intake(small).open(policy()).open(peer, envelope)) {
            incoming.body().write("X: 45678\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(one(incoming.finish()).toString()).startsWith("552 5.3.4 The header is longer than 10 octets");
        }
        assertThat(spool.list(Optional.empty(), 9)).isEmpty();
    }

    @Test void aMessageOverTheLargestIsRefused() throws Exception {
        assertThat(one(send("\r\n" + "x".repeat(1 << 20))).toString()).startsWith("552 5.3.4 The message is longer");
        assertThat(spool.list(Optional.empty(), 9)).isEmpty();
    }

    private Intake intake() {
        return intake(config);
    }

    private Intake intake(IntakeConfig as) {
        return new Intake(as, spool, awaited, () -> memoryIsShort, pauses::add, clock);
    }

    @Test void withoutRoomMailIsRefused() {
        var sink = intake().open(policy());
        spool.room((2 << 20) - 1);
        assertThat(sink.mail(peer, envelope).orElseThrow().toString()).startsWith("452 4.3.1");
        spool.room(2 << 20);
        assertThat(sink.mail(peer, envelope)).isEmpty();
    }

    @Test void whileMemoryIsShortOnlyWhoLoggedInIsServed() {
        var sink = intake().open(policy());
        memoryIsShort = true;
        assertThat(sink.mail(peer, envelope).orElseThrow().toString()).startsWith("452 4.3.1");
        assertThat(sink.mail(peer("submission", Peer.Greeting.EHLO, "laptop", "ann@example.org"), envelope)).isEmpty();
        memoryIsShort = false;
        assertThat(sink.mail(peer, envelope)).isEmpty();
    }

    @Test void whileDeliveryLagsStrangersAreHeldUp() {
        var sink = intake().open(policy());
        assertThat(sink.mail(peer, envelope)).isEmpty();
        assertThat(pauses).isEmpty();
        spool.lagging(true);
        assertThat(sink.mail(peer("submission", Peer.Greeting.EHLO, "laptop", "ann@example.org"), envelope)).isEmpty();
        assertThat(pauses).isEmpty();
        assertThat(sink.mail(peer, envelope)).isEmpty();
        assertThat(pauses).containsExactly(Duration.ofSeconds(1));
    }

    @Test void ourOwnFaultsAreTemporary() {
        spool.broken(true);
        assertThat(failure().reply().toString()).startsWith("451 4.3.0");
        spool.broken(false);
        spool.room(0);
        assertThat(failure().reply().toString()).startsWith("452 4.3.1");
        spool.room(Long.MAX_VALUE);
        answer = (_, _, _) -> {
            throw new IllegalStateException("a bug");
        };
        assertThat(failure().reply().toString()).startsWith("451 4.3.0");
        answer = (_, _, message) -> new DataVerdict.Take(List.of(new NewVariant(message, "")), List.of(), Map.of(),
            List.of());
        assertThat(failure().reply().toString()).startsWith("451 4.3.0");
        assertThat(spool.list(Optional.empty(), 9)).isEmpty();
    }

    @ParameterizedTest @ValueSource(booleans = {true, false})
    void whatThePolicyRefusesIsNotKept(boolean close) throws Exception {
        var no = Reply.of(554, "5.7.1", "No");
        answer = (_, _, _) -> new DataVerdict.Refuse(close ? new Verdict.Disconnect(no) : new Verdict.Refuse(no));
        assertThat(send(MESSAGE)).containsExactly(no);
        assertThat(spool.list(Optional.empty(), 9)).isEmpty();
    }

    @Test void overSmtpTheRefusedAreKeptForTheirReport() throws Exception {
        envelope = envelope("bob", "carol");
        answer = Answer.all(this::noCarol);
        assertThat(one(send(MESSAGE)).isPositive()).isTrue();
        assertThat(TestMessages.localParts(spooled())).containsExactly("bob", "carol");
        assertThat(spooled().recipients().get(1).state()).isEqualTo(new RecipientState.Failed("550 5.7.1 No carol"));
    }

    private void lmtp(Duration wait) {
        peer = peer("lmtp", Peer.Greeting.LHLO, "client", "");
        config = new IntakeConfig("mx.example.org", Set.of(), 1 << 20, 100, 1 << 20, 1000, wait,
            Duration.ZERO);
    }

    @Test void overLmtpEachHearsWhatBecameOfIt() throws Exception {
        lmtp(Duration.ofMinutes(1));
        envelope = envelope("bob", "carol", "dave");
        answer = Answer.all(this::noCarol);
        var replies = new FutureTask<>(() -> send(MESSAGE));
        Thread.ofVirtual().start(replies);
        var claimed = spool.takePending(Duration.ofSeconds(20)).orElseThrow();
        assertThat(awaited.claims(claimed.id(), claimed.recipients().get(1))).isTrue();
        awaited.tell(claimed.id(), claimed.recipients().get(1), Reply.of(452, "4.2.2", "Mailbox full"));
        awaited.tell(claimed.id(), claimed.recipients().get(0), Reply.of(250, "2.0.0", "Delivered"));
        assertThat(replies.get()).extracting(Reply::code).containsExactly(250, 550, 452);
        assertThat(awaited.claims(claimed.id(), claimed.recipients().get(0))).as("nobody waits any more").isFalse();
    }

    @Test void aStopWhileTheClientWaitsKeepsTheMailAndSaysNo250() throws Exception {
        lmtp(Duration.ofMinutes(1));
        var replies = new FutureTask<>(() -> send(MESSAGE));
        var session = Thread.ofVirtual().start(replies);
        var claimed = spool.takePending(Duration.ofSeconds(20)).orElseThrow();
        session.interrupt();
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(replies::get).havingCause()
            .isInstanceOfSatisfying(SinkException.class, e -> assertThat(e.reply().code()).isEqualTo(451));
        assertThat(awaited.claims(claimed.id(), claimed.recipients().getFirst())).as("it is ours").isFalse();
        assertThat(spooled().recipients().getFirst().state()).isInstanceOf(RecipientState.Pending.class);
    }

    @Test void whoIsAddedIsNotTheClientsUnlessItStandsForOneOfIts() {
        var id = spool.nextId();
        try (var wait = awaited.begin(id, 2)) {
            assertThat(wait).isNotNull();
            var ours = added(2, "x");
            assertThat(awaited.claims(id, ours)).isFalse();
            awaited.follow(id, added(1, "info"), added(3, "ann").recipient());
            assertThat(awaited.claims(id, added(3, "ann"))).isTrue();
            assertThat(awaited.claims(id, added(4, "ann"))).as("another one of that name").isFalse();
            awaited.follow(id, ours, added(5, "y").recipient());
            assertThat(awaited.claims(id, added(5, "y"))).isFalse();
        }
        assertThat(awaited.claims(id, added(0, "bob"))).isFalse();
    }

    private static QueuedRecipient added(int number, String name) {
        return new QueuedRecipient(number, TestMessages.recipient(name), 0,
            new RecipientState.Pending("root", Instant.EPOCH, 0, false));
    }

    @Test void aListenerThatQueuesWaitsForNobody() throws Exception {
        lmtp(Duration.ofMinutes(1));
        envelope = envelope("bob", "carol");
        answer = Answer.all(this::noCarol);
        try (var incoming = intake().open(policy(), Replies.QUEUED)
                .open(peer, envelope)) {
            incoming.body().write(MESSAGE.getBytes(StandardCharsets.US_ASCII));
            assertThat(incoming.finish()).extracting(Reply::toString).satisfiesExactly(
                bob -> assertThat(bob).startsWith("250 2.0.0 Ok: queued as "),
                carol -> assertThat(carol).isEqualTo("550 5.7.1 No carol"));
        }
        assertThat(TestMessages.localParts(spooled())).containsExactly("bob");
        assertThat(awaited.claims(spooled().id(), spooled().recipients().getFirst())).isFalse();
    }

    @Test void overLmtpWhatTakesTooLongIsQueued() throws Exception {
        lmtp(Duration.ZERO);
        assertThat(one(send(MESSAGE)).toString()).startsWith("250 2.0.0 Ok: queued as ");
        assertThat(awaited.claims(spooled().id(), spooled().recipients().getFirst())).isFalse();
    }

    @Test void overLmtpEachGetsItsReplyAndTheRefusedAreNotKept() throws Exception {
        lmtp(Duration.ZERO);
        envelope = envelope("bob", "carol", "dave");
        answer = Answer.all(this::noCarol);
        assertThat(send(MESSAGE)).extracting(Reply::code).containsExactly(250, 550, 250);
        assertThat(TestMessages.localParts(spooled())).containsExactly("bob", "dave");
    }

    @Test void whenAllAreRefusedNothingIsKept() throws Exception {
        envelope = envelope("carol", "carol");
        answer = Answer.all(this::noCarol);
        assertThat(send(MESSAGE)).extracting(Reply::code).containsExactly(550);
        peer = peer("lmtp", Peer.Greeting.LHLO, "client", "");
        assertThat(send(MESSAGE)).extracting(Reply::code).containsExactly(550, 550);
        assertThat(spool.list(Optional.empty(), 9)).isEmpty();
    }

    @Test void whatIsClosedBeforeItsEndLeavesNothing() throws Exception {
        try (var incoming = intake().open(policy()).open(peer, envelope)) {
            incoming.body().write(MESSAGE.getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(spool.list(Optional.empty(), 9)).isEmpty();
    }

    @Test void thePolicySeesTheMessageAsItWouldBeStored() throws Exception {
        var seen = new ArrayList<String>();
        var taking = answer;
        answer = (envelope, id, message) -> {
            seen.add(TestMessages.text(message));
            return taking.to(envelope, id, message);
        };
        send("Return-Path: <>\r\n" + MESSAGE);
        assertThat(seen).containsExactly(text());
    }

    private Optional<Reply> noCarol(Recipient recipient) {
        return recipient.mailbox().localPart().equals("carol") ? Optional.of(Reply.of(550, "5.7.1", "No carol"))
            : Optional.empty();
    }

    private SinkException failure() {
        var thrown = new ArrayList<SinkException>();
        assertThatExceptionOfType(SinkException.class).isThrownBy(() -> send(MESSAGE)).satisfies(thrown::add);
        return thrown.getFirst();
    }

    private List<Reply> send(String text) throws IOException {
        clock.pass(Duration.ZERO);
        try (var incoming = intake().open(policy()).open(peer, envelope)) {
            incoming.body().write(text.getBytes(StandardCharsets.UTF_8));
            return incoming.finish();
        }
    }

    private static Reply one(List<Reply> replies) {
        assertThat(replies).hasSize(1);
        return replies.getFirst();
    }

    private SpooledMessage spooled() {
        return spool.list(Optional.empty(), 9).getLast();
    }

    private String text() {
        return TestMessages.text(spooled().variants().getFirst().content());
    }

    private SessionPolicy policy() {
        return new SessionPolicy() {
            @Override public Verdict connect(Peer asked) {
                return Verdict.accept();
            }

            @Override public Verdict rcpt(Peer asked, Envelope so, Recipient recipient) {
                return Verdict.accept();
            }

            @Override public void reset() {
                // Notes nothing.
            }

            @Override public DataVerdict data(Peer asked, Envelope whole, QueueId id, Draft message) {
                return answer.to(whole, id, message);
            }
        };
    }

    private static Peer peer(String listener, Peer.Greeting greeting, String helo, String user) {
        return new Peer("c1", listener, new InetSocketAddress(address("192.0.2.1"), 25),
            new InetSocketAddress(address("192.0.2.7"), 4711), greeting, helo, Optional.empty(), user);
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static Envelope envelope(String... localParts) {
        return new Envelope(ReversePath.of(new Mailbox("ann", "example.org")), MailParameters.NONE,
            List.of(localParts).stream().map(TestMessages::recipient).toList());
    }
}
