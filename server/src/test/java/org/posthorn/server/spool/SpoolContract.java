package org.posthorn.server.spool;

import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.posthorn.server.spool.TestMessages.all;
import static org.posthorn.server.spool.TestMessages.draft;
import static org.posthorn.server.spool.TestMessages.localParts;
import static org.posthorn.server.spool.TestMessages.pending;
import static org.posthorn.server.spool.TestMessages.recipient;
import static org.posthorn.server.spool.TestMessages.routed;
import static org.posthorn.server.spool.TestMessages.text;
import static org.posthorn.server.spool.TestMessages.toExampleNet;
import static org.posthorn.server.spool.TestMessages.words;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Recipient;

/** What every spool promises. An implementation's test gives a started spool and the clock that it goes by. */
interface SpoolContract {

    Duration LONG = Duration.ofSeconds(20);     // for what comes for certain

    Spool spool();

    TestClock clock();

    private Instant now() {
        return clock().instant();
    }

    @Test default void idsRise() {
        var first = spool().nextId();
        assertThat(spool().nextId()).isGreaterThan(first);
    }

    @Test default void anAcceptedMessageIsFoundAsItWasGiven() {
        var recipients = List.of(
            new NewRecipient(new Recipient(new Mailbox("böb \"x\"", "example.net"),
                Set.of(Recipient.Notify.SUCCESS, Recipient.Notify.DELAY), "rfc822;bob+40example.net"), 0,
                new RecipientState.Pending("root", now(), 2, true)),
            new NewRecipient(recipient("held"), 1, new RecipientState.Held("quarantine",
                new RecipientState.Pending("transport", now(), 0, false))),
            new NewRecipient(recipient("failed"), 0, new RecipientState.Failed("550 5.1.1 No", now(), 2)),
            new NewRecipient(recipient("untold"), 0, new RecipientState.Unreported("250 Ok", "mx.example.net", true)),
            new NewRecipient(recipient("routed"), 1, toExampleNet(now().plusSeconds(9), 3, "451 Later")),
            new NewRecipient(recipient("gone"), 1, new RecipientState.Discarded("rule 7")));
        var origin = new Origin(ReversePath.none(), new MailParameters(17, MailParameters.Body.BINARY_MIME, true,
            MailParameters.Ret.HDRS, "xyz+2B"), now(), "submission", "2001:db8::1", "[192.0.2.1]", "ann@example.org");
        var event = new Event(now(), "", "received", "by a test");
        var own = ReversePath.of(new Mailbox("SRS0=x=y=far.example=\"b\u00f6b\"", "example.org"));
        var message = new NewMessage(spool().nextId(), origin, List.of(new NewVariant(draft(spool(), "zero"), "a=b"),
            new NewVariant(draft(spool(), "one"), "x".repeat(20_001), Optional.of(own)),
            new NewVariant(draft(spool(), "two"), "", Optional.of(ReversePath.none()))), recipients, List.of(event));
        spool().commit(Change.accept(message));

        var found = spool().find(message.id()).orElseThrow();
        assertThat(found.id()).isEqualTo(message.id());
        assertThat(found.origin()).isEqualTo(origin);
        assertThat(found.variants()).extracting(Variant::number).containsExactly(0, 1, 2);
        assertThat(found.variants()).extracting(Variant::attributes).containsExactly("a=b", "x".repeat(20_001), "");
        assertThat(found.variants().stream().map(Variant::sender).toList())
            .containsExactly(Optional.empty(), Optional.of(own), Optional.of(ReversePath.none()));
        assertThat(found.senderOf(found.recipients().get(0))).isEqualTo(origin.sender());
        assertThat(found.senderOf(found.recipients().get(1))).isEqualTo(own);
        assertThat(found.variants()).extracting(variant -> text(variant.content()))
            .containsExactly("zero", "one", "two");
        assertThat(found.variants()).extracting(variant -> variant.content().octets()).containsExactly(4L, 3L, 3L);
        for (var i = 0; i < recipients.size(); i++) {
            assertThat(found.recipients().get(i)).isEqualTo(new QueuedRecipient(i, recipients.get(i).recipient(),
                recipients.get(i).variant(), recipients.get(i).state()));
        }
        assertThat(spool().history(message.id())).containsExactly(event);
        assertThat(spool().counts()).isEqualTo(new Spool.Counts(3, 1, 1));
    }

    @Test default void anUnknownMessageIsNotFound() {
        assertThat(spool().find(new QueueId(1))).isEmpty();
        assertThat(spool().history(new QueueId(1))).isEmpty();
    }

    @Test default void aDraftIsReadableAtOnceAndAfterItsCommit() {
        var message = pending(spool(), now(), "read me", "a");
        var draft = message.variants().getFirst().content();
        assertThat(text(draft)).isEqualTo("read me");
        spool().commit(Change.accept(message));
        draft.close();
        assertThat(text(draft)).isEqualTo("read me");
    }

    @Test default void aDraftMayEndWithWhatTheSpoolHolds() throws Exception {
        var original = pending(spool(), now(), "old header\n\nbody", "a");
        spool().commit(Change.accept(original));
        var claimed = take();
        var changed = draft(spool(), "new header\n\n");
        changed.refer(claimed.variants().getFirst().content(), 12);
        assertThat(text(changed)).isEqualTo("new header\n\nbody");
        assertThat(changed.octets()).isEqualTo(16);
        spool().commit(Change.settle(new Settlement(claimed.id(), List.of(new NewVariant(changed, "")),
            claimed.recipients().stream().map(r -> new QueuedRecipient(r.number(), r.recipient(), 1,
                toExampleNet(now(), 0, ""))).toList(), List.of(), List.of())));
        var due = takeDue().getFirst();
        assertThat(text(due.variantOf(due.recipients().getFirst()).content())).isEqualTo("new header\n\nbody");
    }

    @Test default void aDraftMayReferToAnotherDraftWhichMayGo() throws Exception {
        var first = draft(spool(), "old header\n\nbody");
        var second = draft(spool(), "new header\n\n");
        second.refer(first, 12);
        first.close();
        var message = new NewMessage(spool().nextId(), TestMessages.origin(now()),
            List.of(new NewVariant(second, "")), List.of(new NewRecipient(recipient("a"), 0,
                new RecipientState.Pending("root", now(), 0, false))), List.of());
        spool().commit(Change.accept(message));
        second.close();
        assertThat(text(take().variants().getFirst().content())).isEqualTo("new header\n\nbody");
    }

    @Test default void oneDraftMayBeSeveralVariants() throws Exception {
        var draft = draft(spool(), "both");
        var state = new RecipientState.Pending("root", now(), 0, false);
        spool().commit(Change.accept(new NewMessage(spool().nextId(), TestMessages.origin(now()),
            List.of(new NewVariant(draft, "first"), new NewVariant(draft, "second")),
            List.of(new NewRecipient(recipient("a"), 0, state), new NewRecipient(recipient("b"), 1, state)),
            List.of())));
        draft.close();
        assertThat(take().variants()).extracting(variant -> text(variant.content())).containsExactly("both", "both");
    }

    @Test default void pendingRecipientsOfOneProcessorComeTogetherAndOnlyOnce() throws Exception {
        var state = new RecipientState.Pending("root", now(), 0, false);
        var elsewhere = new RecipientState.Pending("other", now(), 0, false);
        var released = new RecipientState.Pending("root", now(), 0, true);
        var message = new NewMessage(spool().nextId(), TestMessages.origin(now()),
            List.of(new NewVariant(draft(spool(), "x"), "")), List.of(new NewRecipient(recipient("a"), 0, state),
                new NewRecipient(recipient("b"), 0, elsewhere), new NewRecipient(recipient("c"), 0, state),
                new NewRecipient(recipient("d"), 0, released),
                new NewRecipient(recipient("e"), 0, new RecipientState.Failed("550 no")),
                new NewRecipient(recipient("f"), 0, new RecipientState.Unreported("250 ok", "mx", true))), List.of());
        spool().commit(Change.accept(message));
        var claims = new HashSet<List<String>>();
        for (var i = 0; i < 4; i++) {
            claims.add(localParts(take()));
        }
        assertThat(claims).containsExactlyInAnyOrder(List.of("a", "c"), List.of("b"), List.of("d"),
            List.of("e", "f"));
        assertThat(spool().takePending(ZERO)).isEmpty();
        assertThat(spool().takeDue(9, ZERO)).isEmpty();
    }

    @Test default void nothingIsHandedOutBeforeItsTime() throws Exception {
        var then = now().plusSeconds(60);
        spool().commit(new Change(List.of(pending(spool(), then, "x", "a"), routed(spool(), then, "x", "b"),
            TestMessages.message(spool(), now(), "x", new RecipientState.Failed("550", then, 1), "c")), List.of()));
        assertThat(spool().takePending(ZERO)).isEmpty();
        assertThat(spool().takeDue(9, ZERO)).isEmpty();
        clock().pass(Duration.ofSeconds(60));
        assertThat(List.of(localParts(take()), localParts(take()))).contains(List.of("a"), List.of("c"));
        assertThat(localParts(takeDue().getFirst())).containsExactly("b");
    }

    @Test default void aWaitingTakerIsWokenByACommit() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var taker = threads.submit(() -> spool().takePending(LONG));
            var dueTaker = threads.submit(() -> spool().takeDue(1, LONG));
            spool().commit(Change.accept(pending(spool(), now(), "x", "a")));
            spool().commit(Change.accept(routed(spool(), now(), "x", "b")));
            assertThat(taker.get().map(TestMessages::localParts)).contains(List.of("a"));
            assertThat(dueTaker.get()).extracting(TestMessages::localParts).containsExactly(List.of("b"));
        }
    }

    @Test default void stoppingEndsAWait() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var taker = threads.submit(() -> spool().takePending(LONG));
            var dueTaker = threads.submit(() -> spool().takeDue(1, LONG));
            spool().stop(ZERO);
            assertThat(taker.get()).isEmpty();
            assertThat(dueTaker.get()).isEmpty();
        }
    }

    @Test default void dueRecipientsComeTogetherByRouteAndVariant() throws Exception {
        var late = routed(spool(), now().minusSeconds(1), "late", "a");
        spool().commit(Change.accept(late));
        var other = new RecipientState.Routed(new Route("local", ""), now().minusSeconds(5), 0, "");
        var early = new NewMessage(spool().nextId(), TestMessages.origin(now()),
            List.of(new NewVariant(draft(spool(), "x"), ""), new NewVariant(draft(spool(), "y"), "")),
            List.of(new NewRecipient(recipient("b"), 0, toExampleNet(now().minusSeconds(9), 0, "")),
                new NewRecipient(recipient("c"), 1, toExampleNet(now().minusSeconds(8), 0, "")),
                new NewRecipient(recipient("d"), 0, toExampleNet(now().minusSeconds(7), 0, "")),
                new NewRecipient(recipient("e"), 0, other)), List.of());
        spool().commit(Change.accept(early));
        var some = new ArrayList<>(spool().takeDue(3, ZERO));
        assertThat(some).hasSize(3);
        some.addAll(spool().takeDue(3, ZERO));
        assertThat(some).extracting(TestMessages::localParts)
            .containsExactlyInAnyOrder(List.of("a"), List.of("b", "d"), List.of("c"), List.of("e"));
    }

    @Test default void whatIsLedOnIsDeliveredAtOnceAndItsHistoryFollows() throws Exception {
        spool().commit(Change.accept(pending(spool(), now(), "x", "a", "b")));
        var claimed = take();
        spool().advance(Change.settle(Settlement.outcomes(claimed.id(), all(claimed, toExampleNet(now(), 0, "")),
            List.of(new Event(now(), "a@example.net", "routed", "to its host")))));
        assertThat(spool().takePending(ZERO)).isEmpty();
        assertThat(spool().find(claimed.id()).orElseThrow().recipients()).extracting(QueuedRecipient::state)
            .containsOnly(toExampleNet(now(), 0, ""));
        assertThat(words(spool(), claimed.id())).containsExactly("received", "routed");
        assertThat(spool().counts()).isEqualTo(new Spool.Counts(0, 2, 0));
        var due = takeDue().getFirst();
        spool().commit(Change.settle(Settlement.outcomes(due.id(),
            List.of(due.recipients().getFirst().with(new RecipientState.Delivered("250 Ok"))),
            List.of(new Event(now(), "a@example.net", "delivered", "250 Ok")))));
        spool().commit(Change.settle(Settlement.outcomes(due.id(),
            List.of(due.recipients().getLast().with(new RecipientState.Delivered("250 Ok"))),
            List.of(new Event(now(), "b@example.net", "delivered", "250 Ok")))));
        assertThat(words(spool(), claimed.id())).containsExactly("received", "routed", "delivered", "delivered");
        assertThat(spool().counts()).isEqualTo(new Spool.Counts(0, 0, 0));
    }

    @Test default void onlyWhatIsClaimedIsLedOn() throws Exception {
        spool().commit(Change.accept(pending(spool(), now(), "x", "a")));
        var claimed = take();
        spool().release(claimed);
        var change = Change.settle(Settlement.outcomes(claimed.id(), all(claimed, toExampleNet(now(), 0, "")),
            List.of()));
        assertThatExceptionOfType(SpoolException.class).isThrownBy(() -> spool().advance(change));
        assertThat(take()).isEqualTo(claimed);
    }

    @Test default void whatIsLedOnToALaterTimeWaits() throws Exception {
        spool().commit(Change.accept(pending(spool(), now(), "x", "a")));
        var claimed = take();
        var later = toExampleNet(now().plusSeconds(60), 0, "");
        spool().advance(Change.settle(Settlement.outcomes(claimed.id(), all(claimed, later), List.of())));
        assertThat(spool().takeDue(9, ZERO)).isEmpty();
        clock().pass(Duration.ofSeconds(61));
        assertThat(takeDue().getFirst().recipients().getFirst().state()).isEqualTo(later);
    }

    @Test default void whatIsReleasedMayBeClaimedAgain() throws Exception {
        spool().commit(Change.accept(pending(spool(), now(), "x", "a", "b")));
        var claimed = take();
        spool().release(claimed);
        assertThat(take()).isEqualTo(claimed);
    }

    @Test default void theUnsettledRestStaysClaimedUntilReleased() throws Exception {
        spool().commit(Change.accept(routed(spool(), now(), "x", "a", "b")));
        var claimed = takeDue().getFirst();
        spool().commit(Change.settle(Settlement.outcomes(claimed.id(),
            List.of(claimed.recipients().getFirst().with(new RecipientState.Delivered("250 Ok"))),
            List.of(new Event(now(), "a@example.net", "delivered", "250 Ok")))));
        assertThat(spool().takeDue(9, ZERO)).isEmpty();
        spool().release(claimed);
        assertThat(takeDue()).extracting(TestMessages::localParts).containsExactly(List.of("b"));
        assertThat(words(spool(), claimed.id())).containsExactly("received", "delivered");
    }

    @Test default void anOldClaimDoesNotReleaseWhatSomeoneElseHolds() throws Exception {
        spool().commit(Change.accept(pending(spool(), now(), "x", "a")));
        var claimed = take();
        spool().commit(Change.settle(Settlement.outcomes(claimed.id(), all(claimed, toExampleNet(now(), 0, "")),
            List.of())));
        assertThat(takeDue()).hasSize(1);
        spool().release(claimed);
        assertThat(spool().takeDue(9, ZERO)).isEmpty();
        assertThat(spool().takePending(ZERO)).isEmpty();
    }

    @Test default void theDeferredComeAgainWhenDue() throws Exception {
        spool().commit(Change.accept(routed(spool(), now(), "x", "a")));
        var claimed = takeDue().getFirst();
        var later = toExampleNet(now().plusSeconds(300), 1, "451 4.3.0 Later");
        spool().commit(Change.settle(Settlement.outcomes(claimed.id(), all(claimed, later), List.of())));
        assertThat(spool().takeDue(9, ZERO)).isEmpty();
        clock().pass(Duration.ofSeconds(301));
        var again = takeDue().getFirst();
        assertThat(again.recipients().getFirst().state()).isEqualTo(later);
    }

    @Test default void aliasesAddRecipientsAndNumbersGoOn() throws Exception {
        spool().commit(Change.accept(pending(spool(), now(), "x", "list")));
        var claimed = take();
        spool().commit(Change.settle(new Settlement(claimed.id(), List.of(),
            all(claimed, new RecipientState.Discarded("expanded")),
            List.of(new NewRecipient(recipient("a"), 0, toExampleNet(now(), 0, "")),
                new NewRecipient(recipient("b"), 0, toExampleNet(now(), 0, ""))), List.of())));
        var due = takeDue().getFirst();
        assertThat(localParts(due)).containsExactly("a", "b");
        assertThat(due.recipients()).extracting(QueuedRecipient::number).containsExactly(1, 2);
        assertThat(spool().counts()).isEqualTo(new Spool.Counts(0, 2, 0));
    }

    @Test default void aBounceIsSpooledWithTheSettlementOfItsCause() throws Exception {
        spool().commit(Change.accept(routed(spool(), now(), "x", "a")));
        var claimed = takeDue().getFirst();
        var bounce = pending(spool(), now(), "report", "ann");
        spool().commit(new Change(List.of(bounce), List.of(Settlement.outcomes(claimed.id(),
            all(claimed, new RecipientState.Bounced("550 No")), List.of()))));
        assertThat(take().id()).isEqualTo(bounce.id());
        assertThat(spool().list(Optional.empty(), 9)).extracting(SpooledMessage::id).containsExactly(bounce.id());
    }

    @Test default void nothingHappensWhenOnePartCannot() throws Exception {
        spool().commit(Change.accept(routed(spool(), now(), "x", "a")));
        var claimed = takeDue().getFirst();
        var other = pending(spool(), now(), "other", "b");
        var unknown = Settlement.outcomes(spool().nextId(), List.of(), List.of());
        var known = Settlement.outcomes(claimed.id(), all(claimed, new RecipientState.Delivered("ok")), List.of());
        assertThatExceptionOfType(SpoolException.class).isThrownBy(() ->
            spool().commit(new Change(List.of(other), List.of(known, unknown))));
        assertThat(spool().find(other.id())).isEmpty();
        assertThat(spool().find(claimed.id()).orElseThrow().recipients()).isEqualTo(claimed.recipients());
        spool().commit(Change.settle(known));
        spool().commit(Change.accept(other));
        assertThat(spool().counts()).isEqualTo(new Spool.Counts(1, 0, 0));
    }

    @Test default void whatNobodyClaimedIsNotSettled() {
        var message = routed(spool(), now(), "x", "a");
        spool().commit(Change.accept(message));
        var found = spool().find(message.id()).orElseThrow();
        assertThatExceptionOfType(SpoolException.class).isThrownBy(() -> spool().commit(Change.settle(
            Settlement.outcomes(found.id(), all(found, new RecipientState.Delivered("ok")), List.of()))));
    }

    @Test default void anIdIsAcceptedOnlyOnce() {
        var message = pending(spool(), now(), "x", "a");
        spool().commit(Change.accept(message));
        var again = new NewMessage(message.id(), message.origin(), List.of(new NewVariant(draft(spool(), "y"), "")),
            message.recipients(), List.of());
        assertThatExceptionOfType(SpoolException.class).isThrownBy(() -> spool().commit(Change.accept(again)));
        assertThat(text(spool().find(message.id()).orElseThrow().variants().getFirst().content())).isEqualTo("x");
    }

    @Test default void theSettledAreFoundButNotListed() throws Exception {
        spool().commit(Change.accept(routed(spool(), now(), "x", "a")));
        var claimed = takeDue().getFirst();
        spool().commit(Change.settle(Settlement.outcomes(claimed.id(),
            all(claimed, new RecipientState.Delivered("250 Ok")), List.of())));
        assertThat(spool().list(Optional.empty(), 9)).isEmpty();
        assertThat(spool().find(claimed.id()).orElseThrow().recipients().getFirst().state())
            .isEqualTo(new RecipientState.Delivered("250 Ok"));
        assertThat(spool().counts()).isEqualTo(new Spool.Counts(0, 0, 0));
    }

    @Test default void theListIsPagedOldestFirst() {
        var ids = new ArrayList<QueueId>();
        for (var i = 0; i < 5; i++) {
            var message = pending(spool(), now(), "x", "a", "b");
            spool().commit(Change.accept(message));
            ids.add(message.id());
        }
        assertThat(spool().list(Optional.empty(), 2)).extracting(SpooledMessage::id).isEqualTo(ids.subList(0, 2));
        assertThat(spool().list(Optional.of(ids.get(1)), 9)).extracting(SpooledMessage::id)
            .isEqualTo(ids.subList(2, 5));
        assertThat(spool().list(Optional.empty(), 1).getFirst().recipients()).hasSize(2);
    }

    @Test default void makingDueTakesTheRoutesThatWereMeant() throws Exception {
        spool().commit(Change.accept(routed(spool(), now().plusSeconds(900), "x", "a", "b")));
        spool().commit(Change.accept(TestMessages.message(spool(), now(), "x", new RecipientState.Routed(
            new Route("remote", "example.com"), now().plusSeconds(900), 4, "450"), "c")));
        spool().commit(Change.accept(TestMessages.message(spool(), now(), "x", new RecipientState.Held("operator",
            toExampleNet(now().plusSeconds(900), 0, "")), "d")));
        assertThat(spool().startDelivery(waiting -> waiting.route().nextHop().equals("example.net"), now()).made())
            .isEqualTo(2);
        assertThat(spool().takeDue(9, ZERO)).extracting(TestMessages::localParts).containsExactly(List.of("a", "b"));
        assertThat(spool().startDelivery(_ -> true, now()).made()).isEqualTo(1);
        assertThat(takeDue().getFirst().recipients().getFirst().state()).isEqualTo(
            new RecipientState.Routed(new Route("remote", "example.com"), now(), 4, "450"));
    }

    @Test default void deliveryIsStartedForSomeAndTheirMessagesAreCounted() throws Exception {
        var later = toExampleNet(now().plusSeconds(900), 4, "450");
        spool().commit(Change.accept(TestMessages.message(spool(), now(), "x", toExampleNet(now(), 0, ""), "inhand")));
        spool().takeDue(9, ZERO);
        spool().commit(Change.accept(TestMessages.message(spool(), now(), "x", later, "a", "b")));
        spool().commit(Change.accept(TestMessages.message(spool(), now(), "x", toExampleNet(now(), 0, ""), "now")));
        spool().commit(Change.accept(TestMessages.message(spool(), now(), "x", later, "other")));
        spool().commit(Change.accept(TestMessages.message(spool(), now(), "x",
            new RecipientState.Held("operator", later), "held")));
        spool().commit(Change.accept(pending(spool(), now(), "x", "young")));
        assertThat(spool().startDelivery(waiting -> waiting.route().nextHop().equals("example.net")
            && !waiting.recipient().localPart().equals("other"), now())).isEqualTo(new Spool.Started(3, 1, 2));
        assertThat(spool().takeDue(9, ZERO)).extracting(TestMessages::localParts)
            .containsExactlyInAnyOrder(List.of("a", "b"), List.of("now"));
        assertThat(spool().startDelivery(waiting -> waiting.recipient().localPart().equals("nobody"), now()))
            .isEqualTo(new Spool.Started(0, 0, 0));
        assertThat(spool().startDelivery(_ -> true, now())).isEqualTo(new Spool.Started(4, 3, 1));
        assertThat(takeDue().getFirst().recipients().getFirst().state())
            .isEqualTo(new RecipientState.Routed(new Route("remote", "example.net"), now(), 4, "450"));
    }

    @Test default void manyAreStartedPageByPage() throws Exception {
        for (var i = 0; i < 600; i++) {
            spool().commit(Change.accept(TestMessages.message(spool(), now(), "x",
                toExampleNet(now().plusSeconds(i % 7), 0, ""), "u" + i)));
        }
        assertThat(spool().startDelivery(waiting -> !waiting.recipient().localPart().endsWith("5"), now()))
            .isEqualTo(new Spool.Started(540, 0, 463));
        var taken = 0;
        for (var some = spool().takeDue(1000, ZERO); !some.isEmpty(); some = spool().takeDue(1000, ZERO)) {
            taken += some.size();
        }
        assertThat(taken).isGreaterThan(500);
    }

    @Test default void anOperatorHoldsAndReleases() throws Exception {
        var message = routed(spool(), now(), "x", "a", "b");
        spool().commit(Change.accept(message));
        var held = spool().move(message.id(), recipient -> recipient.number() == 1
            ? Optional.of(new RecipientState.Held("operator", recipient.state())) : Optional.empty(), "held by root");
        assertThat(held).isEqualTo(1);
        assertThat(spool().counts()).isEqualTo(new Spool.Counts(0, 1, 1));
        assertThat(takeDue()).extracting(TestMessages::localParts).containsExactly(List.of("a"));
        assertThat(spool().takeDue(9, ZERO)).isEmpty();
        assertThat(spool().move(message.id(), recipient -> recipient.state() instanceof RecipientState.Held known
            ? Optional.of(known.before()) : Optional.empty(), "released")).isEqualTo(1);
        assertThat(takeDue()).extracting(TestMessages::localParts).containsExactly(List.of("b"));
        assertThat(words(spool(), message.id())).containsExactly("received", "held", "released");
        assertThat(spool().history(message.id()).get(1))
            .isEqualTo(new Event(now(), "b@example.net", "held", "by root"));
    }

    @Test default void whatIsClaimedOrSettledIsNotMoved() throws Exception {
        var message = routed(spool(), now(), "x", "a", "b");
        spool().commit(Change.accept(message));
        var claimed = takeDue().getFirst();
        spool().commit(Change.settle(Settlement.outcomes(claimed.id(),
            List.of(claimed.recipients().getFirst().with(new RecipientState.Delivered("ok"))), List.of())));
        assertThat(spool().move(message.id(), _ -> Optional.of(new RecipientState.Failed("removed")), "x")).isZero();
        spool().release(claimed);
        assertThat(spool().move(message.id(), _ -> Optional.of(new RecipientState.Failed("removed")), "x")).isOne();
        assertThat(localParts(take())).containsExactly("b");
    }

    @Test default void movingTheLastToItsEndSettlesTheMessage() {
        var message = routed(spool(), now(), "x", "a");
        spool().commit(Change.accept(message));
        spool().move(message.id(), _ -> Optional.of(new RecipientState.Discarded("operator")), "removed");
        assertThat(spool().list(Optional.empty(), 9)).isEmpty();
        assertThat(spool().counts()).isEqualTo(new Spool.Counts(0, 0, 0));
    }

    @Test default void eachRecipientIsHandedToOneOfManyTakers() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var left = new AtomicInteger(40);
            var takers = new ArrayList<Future<List<QueueId>>>();
            for (var i = 0; i < 8; i++) {
                takers.add(threads.submit(() -> {
                    var taken = new ArrayList<QueueId>();
                    // Until nothing comes any more; as long as not all has come, the givers may only be slow.
                    for (var inVain = 0; inVain == 0 || left.get() > 0 && inVain < 60;) {
                        var next = spool().takeDue(3, Duration.ofMillis(300));
                        next.forEach(message -> taken.add(message.id()));
                        left.addAndGet(-next.size());
                        inVain = next.isEmpty() ? inVain + 1 : 0;
                    }
                    return taken;
                }));
            }
            var givers = new ArrayList<Future<?>>();
            for (var i = 0; i < 40; i++) {
                givers.add(threads.submit(() -> spool().commit(Change.accept(routed(spool(), now(), "x", "a")))));
            }
            for (var giver : givers) {
                giver.get();
            }
            var all = new ArrayList<QueueId>();
            for (var taker : takers) {
                all.addAll(taker.get());
            }
            assertThat(all).hasSize(40).doesNotHaveDuplicates();
        }
    }

    private SpooledMessage take() throws InterruptedException {
        return spool().takePending(LONG).orElseThrow();
    }

    private List<SpooledMessage> takeDue() throws InterruptedException {
        return spool().takeDue(9, LONG);
    }
}
