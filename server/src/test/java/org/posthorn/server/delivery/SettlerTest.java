package org.posthorn.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.smtp.Recipient.Notify;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.bounce.BounceConfig;
import org.posthorn.server.bounce.Delays;
import org.posthorn.server.bounce.DsnReporter;
import org.posthorn.server.bounce.Tally;
import org.posthorn.server.delivery.Outcome.Handover;
import org.posthorn.server.intake.Awaited;
import org.posthorn.server.intake.WaitingClient;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.Event;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.NewRecipient;
import org.posthorn.server.spool.NewVariant;
import org.posthorn.server.spool.Origin;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.TestMessages;

/** Who is told what of an attempt (RFC 3461 section 5.2). */
class SettlerTest {

    private static final Instant ARRIVED = Instant.parse("2026-03-01T09:30:00Z");
    private static final Reply TAKEN = Reply.of(250, "2.0.0", "Ok: queued as 4711");
    private static final Reply BUSY = Reply.of(451, "4.3.2", "Come again");

    private final InMemorySpool spool = new InMemorySpool();
    private final Tally tally = new Tally();
    private Instant now = ARRIVED;
    private Handling handling = Handling.NONE;
    private ReversePath sender = ReversePath.of(new Mailbox("ann", "example.org"));
    private RetryConfig retry = RetryConfig.DEFAULT;

    private QueueId accept(Recipient... recipients) {
        var routed = TestMessages.toExampleNet(ARRIVED, 0, "");
        var message = new NewMessage(spool.nextId(), new Origin(sender, MailParameters.NONE.with(handling), ARRIVED,
            "smtp", "192.0.2.7", "client", ""), List.of(new NewVariant(TestMessages.draft(spool,
            "Subject: Lunch\r\n\r\nToday?\r\n"), "")), Stream.of(recipients)
            .map(recipient -> new NewRecipient(recipient, 0, routed)).toList(), List.of());
        spool.commit(Change.accept(message));
        return message.id();
    }

    private static Recipient bob(Notify... notify) {
        return new Recipient(new Mailbox("bob", "example.net"), Set.of(notify), "");
    }

    private Settler settler() {
        return settler(new Awaited());
    }

    private Settler settler(Awaited awaited) {
        var reporter = new DsnReporter(spool, BounceConfig.of("mx.example.org"), () -> now, new Random(1), tally);
        return new Settler(new RetryPolicy(retry, new Random(2)), reporter, awaited, tally);
    }

    private Job job(QueueId id) {
        return Job.of(spool.find(id).orElseThrow());
    }

    /** Settles an attempt, and gives the reports as text. */
    private List<String> attempted(QueueId id, Outcome outcome) {
        var job = job(id);
        return commit(settler().attempted(job, Collections.nCopies(job.recipients().size(), outcome), now));
    }

    private List<String> commit(Settler.Settled settled) {
        var reports = new ArrayList<String>();
        settled.change().accepted().forEach(report -> {
            assertThat(report.origin().sender().isNull()).isTrue();
            reports.add(TestMessages.text(report.variants().getFirst().content()).replace("\r\n", "\n"));
        });
        move(settled);
        return reports;
    }

    /** As if it were committed, without a claim. */
    private void move(Settler.Settled settled) {
        for (var settlement : settled.change().settled()) {
            for (var moved : settlement.moved()) {
                spool.move(settlement.id(), recipient -> recipient.number() == moved.number()
                    ? Optional.of(moved.state()) : Optional.empty(), "settled");
            }
        }
    }

    private RecipientState state(QueueId id) {
        return spool.find(id).orElseThrow().recipients().getFirst().state();
    }

    private static Outcome delivered(Handover handover) {
        return new Outcome.Delivered(TAKEN, "mx.example.net", handover);
    }

    private static Outcome deferred() {
        return new Outcome.Deferred(BUSY, "mx.example.net", Outcome.Scope.RECIPIENT);
    }

    @Test void whatAHostWithoutDsnTookIsRelayed() {
        assertThat(attempted(accept(bob(Notify.SUCCESS)), delivered(Handover.RELAYED))).singleElement().asString()
            .contains("Subject: Passed on: your message to bob@example.net")
            .contains("Action: relayed\nStatus: 2.0.0\nRemote-MTA: dns; mx.example.net\n"
                + "Diagnostic-Code: smtp; 250 2.0.0 Ok: queued as 4711");
    }

    @Test void whatAHostWithDsnTookItReportsItself() {
        assertThat(attempted(accept(bob(Notify.SUCCESS, Notify.FAILURE)), delivered(Handover.PASSED_ON))).isEmpty();
    }

    @Test void whatIsInTheMailboxIsDelivered() {
        assertThat(attempted(accept(bob(Notify.SUCCESS)), delivered(Handover.FINAL))).singleElement().asString()
            .contains("Action: delivered").contains("Content-Type: text/rfc822-headers").doesNotContain("Today?");
    }

    @Test void successIsToldToThoseAloneWhoAsked() {
        for (var recipient : List.of(bob(), bob(Notify.NEVER), bob(Notify.FAILURE, Notify.DELAY))) {
            assertThat(attempted(accept(recipient), delivered(Handover.RELAYED))).isEmpty();
            assertThat(attempted(accept(recipient), delivered(Handover.FINAL))).isEmpty();
        }
        sender = ReversePath.none();
        assertThat(attempted(accept(bob(Notify.SUCCESS)), delivered(Handover.FINAL))).isEmpty();
    }

    /** RFC 3464 sections 2.3.5 and 2.3.6: no host is named as the one that said what we found. */
    @Test void whatWeFoundIsNotReportedInAHostsName() {
        var found = new Outcome.Failed(Reply.of(552, "5.3.4", "It is larger than the 20 octets that the server takes"),
            "mx.example.net", Outcome.By.US, Outcome.Scope.RECIPIENT);
        var id = accept(bob());
        var settled = settler().attempted(job(id), List.of(found), now);
        assertThat(commit(settled)).singleElement().asString()
            .contains("Status: 5.3.4\nDiagnostic-Code: x-posthorn; 552 5.3.4 It is larger").doesNotContain("Remote-MTA")
            .contains("We found, with the server mx.example.net: 552 5.3.4").doesNotContain(" said: ");
        assertThat(settled.change().settled().getFirst().history()).first().extracting(Event::detail).asString()
            .startsWith("552 5.3.4 It is larger than the 20 octets that the server takes (at mx.example.net)");
    }

    /** Where their words are told within ours, these are not verbatim. */
    @Test void theEndOfItsLifeQuotesAHostOnlyWhereThatSpoke() {
        var login = new Outcome.Deferred(Reply.of(454, "4.7.0", "while logging in: 535 5.7.8 Who?"), "mx.example.net",
            Outcome.By.US, Outcome.Scope.DESTINATION);
        now = ARRIVED.plus(Duration.ofDays(5));
        assertThat(attempted(accept(bob()), login)).singleElement().asString()
            .contains("Diagnostic-Code: x-posthorn; 451 4.4.7 Not delivered within 5 days")
            .doesNotContain("Remote-MTA");
        assertThat(attempted(accept(bob()), deferred())).singleElement().asString()
            .contains("Remote-MTA: dns; mx.example.net\nDiagnostic-Code: smtp; 451 4.3.2 Come again\n");
    }

    @Test void oneReportTellsAllThatHappenedAtOnce() {
        var id = accept(bob(Notify.SUCCESS, Notify.FAILURE), new Recipient(new Mailbox("eve", "example.net"),
            Set.of(Notify.SUCCESS, Notify.FAILURE), ""), new Recipient(new Mailbox("quiet", "example.net"),
            Set.of(Notify.NEVER), ""));
        var refused = new Outcome.Failed(Reply.of(552, "5.2.2", "Mailbox full"), "mx.example.net");
        var settled = settler().attempted(job(id), List.of(delivered(Handover.RELAYED), refused, refused), now);
        assertThat(commit(settled)).singleElement().asString()
            .contains("Subject: Not delivered: your message to eve@example.net")
            .contains("Final-Recipient: rfc822; bob@example.net\nAction: relayed")
            .contains("Final-Recipient: rfc822; eve@example.net\nAction: failed\nStatus: 5.2.2")
            .doesNotContain("quiet");
        assertThat(settled.change().settled().getFirst().history()).extracting(Event::detail)
            .contains("mx.example.net: 552 5.2.2 Mailbox full (soft: full)");
        assertThat(tally.counts()).containsEntry("failed full", 2L).containsEntry("report sent", 1L);
    }

    @Test void aDelayIsToldOnceAndThenWhatBecameOfIt() {
        var id = accept(bob());
        now = ARRIVED.plus(Duration.ofHours(1));
        assertThat(attempted(id, deferred())).isEmpty();
        now = ARRIVED.plus(Duration.ofHours(4));
        assertThat(attempted(id, deferred())).singleElement().asString()
            .contains("Subject: Delayed: your message to bob@example.net").contains("You need not send it again")
            .contains("Action: delayed\nStatus: 4.3.2\nRemote-MTA: dns; mx.example.net\n"
                + "Diagnostic-Code: smtp; 451 4.3.2 Come again")
            .contains("Will-Retry-Until: Fri, 6 Mar 2026 09:30:00 +0000").contains("text/rfc822-headers");
        now = ARRIVED.plus(Duration.ofDays(4));
        assertThat(attempted(id, deferred())).isEmpty();
        now = ARRIVED.plus(Duration.ofDays(5));
        assertThat(attempted(id, deferred())).singleElement().asString()
            .contains("Action: failed\nStatus: 4.4.7").contains("smtp; 451 4.3.2 Come again\n")
            .contains("Not delivered within 5 days");
        assertThat(state(id)).isInstanceOf(RecipientState.Bounced.class);
        assertThat(tally.counts()).containsEntry("failed expired", 1L).containsEntry("deferred out-of-order", 3L);
    }

    @Test void aDelayIsToldTooWhileTheDestinationIsSuspended() {
        var id = accept(bob());
        var why = (Outcome.Deferred) deferred();
        now = ARRIVED.plus(Duration.ofHours(3));
        assertThat(commit(settler().suspended(job(id), why, now.plusSeconds(60), now))).isEmpty();
        now = ARRIVED.plus(Duration.ofHours(5));
        assertThat(commit(settler().suspended(job(id), why, now.plusSeconds(60), now))).hasSize(1);
        assertThat(commit(settler().suspended(job(id), why, now.plusSeconds(60), now))).isEmpty();
    }

    @Test void noDelayIsToldToWhoDidNotWantToHearOfIt() {
        now = ARRIVED.plus(Duration.ofHours(5));
        assertThat(attempted(accept(bob(Notify.NEVER)), deferred())).isEmpty();
        assertThat(attempted(accept(bob(Notify.FAILURE, Notify.SUCCESS)), deferred())).isEmpty();
        sender = ReversePath.none();
        assertThat(attempted(accept(bob()), deferred())).isEmpty();
    }

    @Test void whatIsLateGoesBackInModeR() {
        handling = Handling.NONE.by(new Handling.By(ARRIVED.plusSeconds(600), true, false));
        var id = accept(bob());
        now = ARRIVED.plusSeconds(300);
        assertThat(attempted(id, deferred())).isEmpty();
        assertThat(((RecipientState.Routed) state(id)).due()).isBefore(ARRIVED.plusSeconds(601));
        now = ARRIVED.plusSeconds(600);
        assertThat(settler().isLate(job(id), now)).isTrue();
        assertThat(commit(settler().late(job(id), now))).singleElement().asString()
            .contains("Deliver-By-Date: Sun, 1 Mar 2026 09:40:00 +0000").contains("Action: failed\nStatus: 5.4.7");
    }

    @Test void whatIsLateIsToldAndTriedOnInModeN() {
        handling = Handling.NONE.by(new Handling.By(ARRIVED.plusSeconds(600), false, false));
        var id = accept(bob());
        now = ARRIVED.plusSeconds(600);
        assertThat(settler().isLate(job(id), now)).isFalse();
        assertThat(attempted(id, deferred())).singleElement().asString().contains("Action: delayed");
        now = ARRIVED.plusSeconds(900);
        assertThat(attempted(id, deferred())).isEmpty();
        assertThat(state(id)).isInstanceOf(RecipientState.Routed.class);
    }

    @Test void aTracedMessageIsReportedByEachHop() {
        handling = Handling.NONE.by(new Handling.By(ARRIVED.plusSeconds(600), false, true));
        assertThat(attempted(accept(bob()), delivered(Handover.PASSED_ON))).singleElement().asString()
            .contains("Action: relayed");
        assertThat(attempted(accept(bob(Notify.NEVER)), delivered(Handover.PASSED_ON))).isEmpty();
    }

    @Test void noTraceLeadsFromAnAliasToItsTargets() {
        handling = Handling.NONE.by(new Handling.By(ARRIVED.plusSeconds(600), false, true));
        var member = new Recipient(new Mailbox("bob", "example.net"), Set.of(), "rfc822;list@example.org");
        assertThat(attempted(accept(member), delivered(Handover.PASSED_ON))).isEmpty();
        assertThat(attempted(accept(member), delivered(Handover.RELAYED))).isEmpty();
    }

    @Test void aSuccessIsReportedThoughAnLmtpClientWaits() {
        var id = accept(bob(Notify.SUCCESS));
        assertThat(commit(settler(WaitingClient.of(id)).attempted(job(id), List.of(delivered(Handover.FINAL)), now)))
            .singleElement().asString().contains("Action: delivered");
    }

    @Test void whatIsPutOffBecauseItsDestinationIsBusyHasAnEndAllTheSame() {
        var id = accept(bob());
        now = ARRIVED.plus(Duration.ofHours(1));
        assertThat(commit(settler().postponed(job(id), now.plusSeconds(60), now))).isEmpty();
        assertThat(((RecipientState.Routed) state(id)).due()).isEqualTo(now.plusSeconds(60));
        now = ARRIVED.plus(Duration.ofDays(5));
        assertThat(commit(settler().postponed(job(id), now.plusSeconds(60), now))).singleElement().asString()
            .contains("Action: failed\nStatus: 4.4.7");
    }

    @Test void aDelayIsOfClassFourWhateverTheHostSaid() {
        now = ARRIVED.plus(Duration.ofHours(4));
        assertThat(attempted(accept(bob()), new Outcome.Deferred(Reply.of(554, "5.7.1", "Not you"), "mx.example.net",
            Outcome.Scope.DESTINATION))).singleElement().asString()
            .contains("Action: delayed\nStatus: 4.4.0\n").contains("Diagnostic-Code: smtp; 554 5.7.1 Not you");
    }

    @Test void eachRecipientOfAVerpSenderHasAReportOfItsOwn() {
        handling = Handling.NONE.verp("+=");
        sender = ReversePath.of(new Mailbox("list", "example.org"));
        var id = accept(bob(), Recipient.of(new Mailbox("eve", "example.com")));
        var refused = new Outcome.Failed(Reply.of(550, "5.1.1", "No such user"), "mx.example.net");
        var settled = settler().attempted(job(id), List.of(refused, refused), now);
        assertThat(settled.change().accepted()).extracting(report ->
            report.recipients().getFirst().recipient().mailbox().toString())
            .containsExactly("list+bob=example.net@example.org", "list+eve=example.com@example.org");
        settled.discard();
    }

    @Test void aReporterThatFailsLeavesFailuresToThePipelineAndDelaysAsTheyAre() {
        var failing = new Settler(new RetryPolicy(retry, new Random(2)), (_, _) -> {
            throw new IllegalStateException("no room");
        }, new Awaited(), tally);
        var id = accept(bob());
        now = ARRIVED.plus(Duration.ofHours(5));
        move(failing.attempted(job(id), List.of(deferred()), now));
        assertThat(state(id)).isInstanceOfSatisfying(RecipientState.Routed.class,
            routed -> assertThat(routed.notices()).isZero());
        assertThat(attempted(id, deferred())).hasSize(1);
    }

    @Test void aReporterThatFailsLeavesSuccessesToThePipelineToo() {
        var failing = new Settler(new RetryPolicy(retry, new Random(2)), (_, _) -> {
            throw new IllegalStateException("no room");
        }, new Awaited(), tally);
        var relayed = accept(bob(Notify.SUCCESS));
        move(failing.attempted(job(relayed), List.of(delivered(Handover.RELAYED)), now));
        assertThat(state(relayed)).isEqualTo(new RecipientState.Unreported(TAKEN.toString(), "mx.example.net", true));
        var here = accept(bob(Notify.SUCCESS));
        move(failing.attempted(job(here), List.of(new Outcome.Delivered(TAKEN, "")), now));
        assertThat(state(here)).isEqualTo(new RecipientState.Unreported(TAKEN.toString(), "", false));
        for (var quiet : List.of(bob(), bob(Notify.NEVER))) {
            var id = accept(quiet);
            move(failing.attempted(job(id), List.of(delivered(Handover.RELAYED)), now));
            assertThat(state(id)).isInstanceOf(RecipientState.Delivered.class);
        }
    }

    @Test void theSenderOfWhatNobodyAsksForIsToldOfTheDelayOnce() {
        var id = accept(bob());
        assertThat(commit(settler().unasked(job(id), now))).isEmpty();
        assertThat(((RecipientState.Routed) state(id)).due()).isEqualTo(ARRIVED.plus(Duration.ofHours(4)));
        now = ARRIVED.plus(Duration.ofHours(4));
        assertThat(commit(settler().unasked(job(id), now))).singleElement().asString().contains("Action: delayed")
            .contains("450 4.4.1 Kept until its domain asks for it");
        assertThat(((RecipientState.Routed) state(id)).due()).isEqualTo(ARRIVED.plus(Duration.ofDays(5)));
        assertThat(((RecipientState.Routed) state(id)).notices()).isEqualTo(1);
    }

    @Test void aMessageMayHaveNoNoticesAtAll() {
        retry = new RetryConfig(Duration.ofMinutes(3), Duration.ofHours(1), Duration.ofDays(5), Duration.ofDays(5),
            new Delays(List.of(), true), List.of());
        now = ARRIVED.plus(Duration.ofDays(4));
        assertThat(attempted(accept(bob()), deferred())).isEmpty();
        assertThat(Optional.of(tally.counts().get("deferred out-of-order"))).contains(1L);
    }
}
