package org.posthorn.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.mailet.Mail;
import org.apache.mailet.PerRecipientHeaders;
import org.apache.mailet.base.GenericMailet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.mailets.port.Described;
import org.posthorn.mailets.port.Manifest;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.server.chain.TestMail;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problems;
import org.posthorn.server.intake.LmtpClient;
import org.posthorn.server.spool.Event;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.SpooledMessage;

class PipelineTest {

    private static final String DELIVER = """
        <mailet match="RecipientIsLocal" class="LocalDelivery"/><mailet match="All" class="RemoteDelivery"/>""";

    @TempDir Path folder;
    private Bench bench;

    @BeforeEach void open() {
        bench = new Bench(folder);
    }

    private void root(String steps) {
        bench.policy("<processor state=\"root\">" + steps + "</processor>"
            + "<processor state=\"error\"><mailet match=\"All\" class=\"Defer\"/></processor>");
    }

    @Test void recipientsAreRouted() throws Exception {
        root(DELIVER);
        var id = bench.mail("ann@example.org", "bob@far.example");
        bench.run();
        assertThat(bench.states(id)).containsExactly(
            new RecipientState.Routed(new Route("local", ""), bench.clock.instant(), 0, ""),
            new RecipientState.Routed(new Route("remote", "far.example"), bench.clock.instant(), 0, ""));
        assertThat(bench.spool.history(id)).extracting(Event::detail).containsExactly(
            "local by root#1 RecipientIsLocal LocalDelivery (processors.xml:2)",
            "remote far.example by root#2 All RemoteDelivery (processors.xml:2)");
        assertThat(bench.message(id).variants()).hasSize(1);
    }

    @Test void aRejectIsOneReportForAllItsRecipients() throws Exception {
        root("<mailet match=\"HostIsLocal\" class=\"Reject\"><reply>550 5.7.1 No</reply></mailet>" + DELIVER);
        var id = bench.mail("ann@example.org", "bob@example.org", "cy@far.example");
        bench.run();
        assertThat(bench.told(id)).containsExactly("ann@example.org Bounced", "bob@example.org Bounced",
            "cy@far.example Routed");
        assertThat(bench.reporter.told).containsExactly("ann@example.org 550 5.7.1 No", "bob@example.org 550 5.7.1 No");
        assertThat(bench.spool.list(Optional.of(id), 10)).hasSize(1);
    }

    @Test void aFailureOfANullSenderIsNotReported() throws Exception {
        root("<mailet class=\"DSNBounce\"/>");
        var id = bench.mail(ReversePath.none(), List.of(Recipient.of(TestMail.box("ann@example.org"))));
        bench.run();
        assertThat(bench.told(id)).containsExactly("ann@example.org Bounced");
        assertThat(bench.spool.list(Optional.of(id), 10)).isEmpty();
    }

    @Test void anLmtpClientThatWaitsIsToldAndKeepsWhatIsRefused() throws Exception {
        root("<mailet match=\"RecipientIs=ann@example.org\" class=\"Reject\"><reply>550 5.7.1 No</reply></mailet>"
            + "<mailet match=\"RecipientIs=bob@example.org\" class=\"Defer\"><reply>451 4.7.1 Wait</reply></mailet>"
            + "<mailet match=\"RecipientIs=cy@example.org\" class=\"Null\"/>" + DELIVER);
        var id = bench.mail("ann@example.org", "bob@example.org", "cy@example.org", "dan@far.example");
        try (var client = new LmtpClient(bench.awaited, id)) {
            bench.run();
            assertThat(client.heard(4)).containsExactly("550 5.7.1 No", "451 4.7.1 Wait", "250 2.0.0 Ok: " + id, "");
        }
        assertThat(bench.told(id)).containsExactly("ann@example.org Bounced", "bob@example.org Discarded",
            "cy@example.org Discarded", "dan@far.example Routed");
        assertThat(bench.reporter.told).as("the client keeps it: nothing is reported").isEmpty();
    }

    @Test void whoFailedInTheSessionIsReported() throws Exception {
        root(DELIVER);
        var id = bench.mail("ann@example.org");
        bench.spool.move(id, _ -> Optional.of(new RecipientState.Failed("550 5.7.1 At data")), "refused");
        bench.run();
        assertThat(bench.states(id)).containsExactly(new RecipientState.Bounced("550 5.7.1 At data"));
        assertThat(bench.reporter.told).containsExactly("ann@example.org 550 5.7.1 At data");
    }

    @Test void whatWasDeliveredUnreportedIsReportedAndNotDeliveredAgain() throws Exception {
        root(DELIVER);
        var id = bench.mail("ann@example.org", "bob@example.org");
        bench.spool.move(id, recipient -> Optional.of(new RecipientState.Unreported("250 2.0.0 Ok", "mx.example.net",
            recipient.recipient().mailbox().localPart().equals("bob"))), "delivered");
        bench.run();
        assertThat(bench.states(id)).containsOnly(new RecipientState.Delivered("250 2.0.0 Ok"));
        assertThat(bench.reporter.told).containsExactly("DELIVERED ann@example.org 250 2.0.0 Ok",
            "RELAYED bob@example.org 250 2.0.0 Ok");
    }

    @Test void whatCannotBeReportedNowLetsOtherMailGoFirst() throws Exception {
        root(DELIVER);
        var failed = bench.mail("ann@example.org");
        bench.spool.move(failed, _ -> Optional.of(new RecipientState.Failed("550 5.1.1 No")), "refused");
        var untold = bench.mail("bob@example.org");
        bench.spool.move(untold, _ -> Optional.of(new RecipientState.Unreported("250 Ok", "mx", true)), "delivered");
        var other = bench.mail("cy@example.org");
        bench.spool.reserved(true);
        bench.run();
        assertThat(bench.told(other)).containsExactly("cy@example.org Routed");
        var due = bench.clock.instant().plus(PipelineConfig.DEFAULT.firstRetry());
        assertThat(bench.states(failed)).containsExactly(new RecipientState.Failed("550 5.1.1 No", due, 1));
        assertThat(bench.states(untold)).containsExactly(new RecipientState.Unreported("250 Ok", "mx", true, due, 1));
        bench.spool.reserved(false);
        bench.later(PipelineConfig.DEFAULT.firstRetry());
        assertThat(bench.states(failed)).containsExactly(new RecipientState.Bounced("550 5.1.1 No"));
        assertThat(bench.states(untold)).containsExactly(new RecipientState.Delivered("250 Ok"));
    }

    @Test void aReportWithoutEndHasItsReplyAndTheMailGoesOn() throws Exception {
        root("<mailet class=\"DSNBounce\"><reply>550 5.1.1 Gone</reply><passThrough>true</passThrough></mailet>"
            + DELIVER);
        var id = bench.mail("ann@example.org");
        bench.run();
        assertThat(bench.told(id)).containsExactly("ann@example.org Routed");
        assertThat(bench.reporter.told).containsExactly("ann@example.org 550 5.1.1 Gone");
    }

    @Test void aCopyThatIsKeptIsHeldAndTheMailGoesOn() throws Exception {
        root("<mailet class=\"ToRepository\"><repositoryPath>file://var/mail/copies/</repositoryPath>"
            + "<passThrough>true</passThrough></mailet>" + DELIVER);
        var id = bench.mail("ann@example.org");
        bench.run();
        assertThat(bench.told(id)).containsExactly("ann@example.org Routed");
        var copy = bench.spool.list(Optional.of(id), 10).getFirst();
        assertThat(copy.recipients().getFirst().state()).isInstanceOfSatisfying(RecipientState.Held.class, held ->
            assertThat(held.name()).isEqualTo("copies"));
        assertThat(TestMail.text(copy.variants().getFirst().content()))
            .isEqualTo(TestMail.text(bench.message(id).variants().getFirst().content()));
    }

    @Test void whatARepositoryKeepsItKeepsAlsoWhenItIsReleased() throws Exception {
        root("<mailet class=\"ToRepository\"><repositoryPath>file://var/mail/error/</repositoryPath></mailet>");
        var id = bench.mail("ann@example.org");
        bench.run();
        assertThat(bench.told(id)).containsExactly("ann@example.org Held");
        bench.spool.move(id, one -> one.state() instanceof RecipientState.Held(_, RecipientState.Pending p)
            ? Optional.of(new RecipientState.Pending(p.processor(), p.due(), p.attempts(), true)) : Optional.empty(),
            "released");
        bench.run();
        assertThat(bench.told(id)).containsExactly("ann@example.org Held");
    }

    @Test void aDroppedMailNamesTheRule() throws Exception {
        root("<mailet match=\"SenderIs=zoe@far.example\" class=\"Null\"/>" + DELIVER);
        var id = bench.mail("ann@example.org");
        bench.run();
        assertThat(bench.states(id)).containsExactly(
            new RecipientState.Discarded("root#1 SenderIs=zoe@far.example Null (processors.xml:2)"));
    }

    @Test void aReleasedMailPassesHold() throws Exception {
        root("<mailet match=\"All\" class=\"Hold\"><name>look</name></mailet>" + DELIVER);
        var id = bench.mail("ann@example.org");
        bench.run();
        assertThat(bench.states(id)).singleElement().isInstanceOfSatisfying(RecipientState.Held.class,
            held -> assertThat(held.name()).isEqualTo("look"));
        bench.spool.move(id,
            _ -> Optional.of(new RecipientState.Pending("root", bench.clock.instant(), 0, true)), "released");
        bench.run();
        assertThat(bench.told(id)).containsExactly("ann@example.org Routed");
    }

    @Test void aDeferredMailIsTriedAgainAndFailsWhenItIsTooOld() throws Exception {
        root("<mailet match=\"All\" class=\"Defer\"><reply>451 4.2.0 Not yet</reply></mailet>");
        var id = bench.mail("ann@example.org");
        bench.run();
        assertThat(bench.states(id)).containsExactly(
            new RecipientState.Pending("root", bench.clock.instant().plus(Duration.ofMinutes(1)), 0, false));
        bench.later(Duration.ofHours(10));
        assertThat(bench.states(id)).containsExactly(
            new RecipientState.Pending("root", bench.clock.instant().plus(Duration.ofHours(1)), 0, false, 1));
        bench.later(Duration.ofDays(5));
        assertThat(bench.reporter.told).last().asString()
            .isEqualTo("ann@example.org 554 5.4.7 Deferred for too long: 451 4.2.0 Not yet");
    }

    /** RFC 3461 section 5.2.7.1: a new message, so for this one it is the end of its way. */
    @ParameterizedTest
    @CsvSource({"Forward,forwardTo", "Redirect,recipients", "Resend,recipients"})
    void whoIsSentItAnewInTheRecipientsPlaceEndsItsWay(String mailet, String parameter) throws Exception {
        var to = "<mailet class=\"" + mailet + "\"><" + parameter + ">yan@far.example</" + parameter + ">";
        root(to.replace("<mailet", "<mailet match=\"RecipientIs=ann@example.org,bob@example.org\"") + "</mailet>"
            + to.replace("<mailet", "<mailet match=\"RecipientIs=cy@example.org\"")
            + "<passThrough>true</passThrough></mailet>" + DELIVER);
        var wanted = Set.of(Recipient.Notify.SUCCESS);
        var id = bench.mail(ReversePath.of(TestMail.box("zoe@far.example")), List.of(
            new Recipient(TestMail.box("ann@example.org"), wanted, "rfc822;old@example.org"),
            Recipient.of(TestMail.box("bob@example.org")),
            new Recipient(TestMail.box("cy@example.org"), wanted, "")));
        bench.run();
        assertThat(bench.told(id)).containsExactly("ann@example.org Delivered", "bob@example.org Delivered",
            "cy@example.org Routed");
        assertThat(bench.reporter.told).singleElement()
            .asString().startsWith("DELIVERED ann@example.org 250 ");
        assertThat(bench.spool.list(Optional.empty(), 99)).flatExtracting(SpooledMessage::recipients)
            .filteredOn(one -> one.recipient().mailbox().localPart().equals("yan")).isNotEmpty()
            .allMatch(one -> one.recipient().notifyOn().isEmpty() && one.recipient().originalRecipient().isEmpty());
    }

    /** RFC 3461 section 5.2.5: wherever it waits. */
    @Test void theSenderOfWhatAMailetPutsOffIsToldOfTheDelayOnce() throws Exception {
        root("<mailet class=\"Defer\"><reply>451 4.2.0 Not yet</reply></mailet>");
        var from = ReversePath.of(TestMail.box("zoe@far.example"));
        bench.mail(from, List.of(new Recipient(TestMail.box("quiet@example.org"), Set.of(Recipient.Notify.FAILURE),
            "")));
        var id = bench.mail("ann@example.org");
        bench.run().later(Duration.ofHours(3));
        assertThat(bench.reporter.told).isEmpty();
        bench.later(Duration.ofHours(2)).later(Duration.ofHours(2));
        assertThat(bench.reporter.told).containsExactly("DELAYED ann@example.org 451 4.2.0 Not yet");
        root(DELIVER);
        bench.later(Duration.ofHours(1));
        assertThat(bench.states(id).getFirst()).isInstanceOfSatisfying(RecipientState.Routed.class,
            routed -> assertThat(routed.notices()).as("delivery tells it no more").isEqualTo(1));
    }

    @Test void aSenderIsAskedAboutOnceUnlessItsDnsFailed() throws Exception {
        var dns = bench.fixture.workshop.dns.failing("far.example");
        root("<mailet match=\"SpfIs=temperror\" class=\"Defer\"/><mailet match=\"SpfIs=pass\" class=\"Hold\"/>"
            + "<mailet match=\"All\" class=\"Defer\"/>");
        var id = bench.mail("ann@example.org");
        bench.run();
        assertThat(bench.told(id)).containsExactly("ann@example.org Pending");
        dns.working("far.example").txt("far.example", "v=spf1 ?all");
        bench.later(Duration.ofHours(1));
        dns.failing("far.example");
        bench.later(Duration.ofHours(2));
        assertThat(bench.message(id).variants().get(bench.message(id).recipients().getFirst().variant()).attributes())
            .contains("NEUTRAL").doesNotContain("TEMPERROR");
    }

    @Test void aFaultIsTriedAgainLaterAndInTheEndHeld() throws Exception {
        root("<mailet match=\"RecipientIs=ann@example.org\" class=\"" + Throws.class.getName() + "\"/>" + DELIVER);
        var id = bench.mail("ann@example.org", "bob@example.org");
        bench.run();
        assertThat(bench.told(id)).containsExactly("ann@example.org Pending", "bob@example.org Routed");
        assertThat(bench.states(id).getFirst()).isEqualTo(
            new RecipientState.Pending("root", bench.clock.instant().plus(Duration.ofMinutes(1)), 1, false));
        for (var attempt = 2; attempt <= 10; attempt++) {
            bench.later(Duration.ofHours(1));
        }
        assertThat(bench.states(id).getFirst()).isInstanceOfSatisfying(RecipientState.Held.class,
            held -> assertThat(held.name()).isEqualTo("faulty"));
        assertThat(bench.reporter.told).isEmpty();
        assertThat(bench.told(id).get(1)).isEqualTo("bob@example.org Routed");
    }

    @Test void whatIsDeferredGoesBackWhenItIsLate() throws Exception {
        root("<mailet class=\"Defer\"/>");
        var by = bench.clock.instant().plusSeconds(5);
        bench.parameters = MailParameters.NONE.with(Handling.NONE.by(new Handling.By(by, true, false)));
        var returned = bench.mail("ann@example.org");
        bench.parameters = MailParameters.NONE.with(Handling.NONE.by(new Handling.By(by, false, false)));
        var kept = bench.mail("ann@example.org");
        bench.run();
        assertThat(bench.states(returned).getFirst()).isInstanceOfSatisfying(RecipientState.Pending.class,
            pending -> assertThat(pending.due()).isEqualTo(by));
        bench.later(Duration.ofSeconds(5)).run();
        assertThat(bench.told(returned)).containsExactly("ann@example.org Bounced");
        assertThat(bench.reporter.told).hasSize(2).first().asString().contains("5.4.7");
        assertThat(bench.reporter.told.getLast()).startsWith("DELAYED ann@example.org");
        assertThat(bench.told(kept)).containsExactly("ann@example.org Pending");
    }

    @Test void aProcessorThatIsGoneAfterAReloadIsAFault() throws Exception {
        root(DELIVER);
        var id = bench.mail("ann@example.org");
        bench.spool.move(id,
            _ -> Optional.of(new RecipientState.Pending("gone", bench.clock.instant(), 0, false)), "released");
        bench.run();
        assertThat(bench.told(id)).containsExactly("ann@example.org Pending");
        assertThat(bench.words(id)).contains("deferred");
    }

    @Test void aSpoolThatCannotCommitGivesTheClaimBack() throws Exception {
        root(DELIVER);
        var id = bench.mail("ann@example.org");
        bench.spool.broken(true);
        var claim = bench.spool.takePending(Duration.ZERO).orElseThrow();
        Thread.currentThread().interrupt();   // so that the pause ends at once
        try {
            bench.pipeline.settle(claim);
        } catch (InterruptedException e) {
            assertThat(e).isNotNull();
        }
        bench.spool.broken(false);
        bench.run();
        assertThat(bench.told(id)).containsExactly("ann@example.org Routed");
    }

    @Test void aliasesAreRewrittenOnceAndKeepTheDsnParameters() throws Exception {
        bench.fixture.workshop.directory.alias("ann@example.org", "ann@example.org", "copy@far.example")
            .alias("info@example.org", "team@example.org")
            .alias("team@example.org", "bob@example.org", "x@far.example");
        root("<mailet class=\"RecipientRewriteTable\"/><mailet match=\"RecipientIs=ann@example.org\" class=\"Defer\"/>"
            + DELIVER);
        var id = bench.mail(ReversePath.none(), List.of(Recipient.of(TestMail.box("ann@example.org")),
            new Recipient(TestMail.box("info@example.org"), Set.of(Recipient.Notify.NEVER), "rfc822;old+40x.example")));
        bench.run();
        assertThat(bench.told(id)).containsExactlyInAnyOrder("ann@example.org Pending", "info@example.org Delivered",
            "copy@far.example Routed", "bob@example.org Routed", "x@far.example Routed");
        assertThat(bench.message(id).recipients()).extracting(QueuedRecipient::recipient).contains(
            new Recipient(TestMail.box("copy@far.example"), Set.of(), "rfc822;ann@example.org"),
            new Recipient(TestMail.box("x@far.example"), Set.of(Recipient.Notify.NEVER), "rfc822;old+40x.example"));
        bench.later(Duration.ofHours(2));   // ann is deferred again: her copy must not go out twice
        assertThat(bench.message(id).recipients()).hasSize(5);
    }

    @Test void anAliasThatOnlyLeadsToItselfFails() throws Exception {
        bench.fixture.workshop.directory.alias("a@example.org", "b@example.org")
            .alias("b@example.org", "a@example.org");
        root("<mailet class=\"RecipientRewriteTable\"/>" + DELIVER);
        var id = bench.mail("a@example.org", "ann@example.org");
        bench.run();
        assertThat(bench.told(id)).containsExactly("a@example.org Bounced", "ann@example.org Routed");
        assertThat(bench.reporter.told).singleElement().asString().contains("5.4.6");
    }

    @Test void aTargetThatFailsIsReportedWithItsOwnName() throws Exception {
        bench.fixture.workshop.directory.alias("info@example.org", "gone@example.org");
        root("<mailet class=\"RecipientRewriteTable\"/><mailet match=\"RecipientIsLocal\" class=\"LocalDelivery\"/>"
            + "<mailet class=\"DSNBounce\"><reply>550 5.1.1 Nobody</reply></mailet>");
        var id = bench.mail("info@example.org");
        bench.run();
        assertThat(bench.told(id)).containsExactly("info@example.org Delivered", "gone@example.org Bounced");
        assertThat(bench.reporter.told).containsExactly("gone@example.org 550 5.1.1 Nobody");
    }

    @Test void aChangedHeaderIsANewVariantForThosePartsOnly() throws Exception {
        root("<mailet match=\"RecipientIsLocal\" class=\"SetMimeHeader\"><name>X-A</name><value>1</value></mailet>"
            + DELIVER);
        var id = bench.mail("ann@example.org", "bob@example.org", "cy@far.example");
        bench.run();
        var message = bench.message(id);
        assertThat(message.variants()).hasSize(2);
        assertThat(TestMail.text(message.variantOf(message.recipients().get(0)).content())).contains("X-A: 1");
        assertThat(message.recipients().get(1).variant()).isEqualTo(1);
        assertThat(message.recipients().get(2).variant()).isZero();
    }

    @Test void headersOfOneRecipientGoToThatRecipient() throws Exception {
        root("<mailet class=\"" + Marks.class.getName() + "\"/>" + DELIVER);
        var id = bench.mail("ann@example.org", "bob@example.org");
        bench.run();
        var message = bench.message(id);
        for (var recipient : message.recipients()) {
            assertThat(TestMail.text(message.variantOf(recipient).content()))
                .startsWith("X-For: " + recipient.recipient().mailbox() + "\r\nFrom: ");
        }
    }

    @Test void whatAMailetSendsEntersTheSpoolWithTheSettlement() throws Exception {
        root("<mailet match=\"SenderIs=zoe@far.example\" class=\"" + Sends.class.getName() + "\"/>" + DELIVER);
        var id = bench.mail("ann@example.org");
        var claim = bench.spool.takePending(Duration.ZERO).orElseThrow();
        bench.pipeline.settle(claim);
        var sent = bench.spool.list(Optional.of(id), 10);
        assertThat(sent).singleElement().satisfies(message -> {
            assertThat(message.origin().sender()).hasToString("postmaster@example.org");
            assertThat(message.recipients().getFirst().recipient().mailbox()).hasToString("bob@example.org");
            assertThat(TestMail.text(message.variants().getFirst().content())).contains("Hello,");
            assertThat(message.variants().getFirst().attributes()).contains("SentByMailet");
        });
        assertThat(bench.words(id)).contains("sent", "routed");
    }

    /** RFC 8689 section 5: who sends it on does not take the sender's wish from it. */
    @Test void whatAMailetSendsKeepsRequireTls() throws Exception {
        root("<mailet match=\"SenderIs=zoe@far.example\" class=\"" + Sends.class.getName() + "\"/>" + DELIVER);
        bench.parameters = MailParameters.NONE.with(Handling.NONE.requireTls(true).priority(3));
        var id = bench.mail("ann@example.org");
        bench.pipeline.settle(bench.spool.takePending(Duration.ZERO).orElseThrow());
        assertThat(bench.spool.list(Optional.of(id), 10)).singleElement().satisfies(message ->
            assertThat(message.origin().parameters().handling()).isEqualTo(Handling.NONE.requireTls(true)));
    }

    @Test void whatAMailetSendsIsNotSentWhenItsPartMetAFault() throws Exception {
        root("<mailet match=\"SenderIs=zoe@far.example\" class=\"" + Sends.class.getName() + "\"/><mailet class=\""
            + Throws.class.getName() + "\" onMailetException=\"propagate\"/>" + DELIVER);
        var id = bench.mail("ann@example.org");
        bench.run();
        assertThat(bench.spool.list(Optional.of(id), 10)).isEmpty();
    }

    @Test void aMailetMayAskForAReport() throws Exception {
        root("<mailet match=\"All\" class=\"" + Bounces.class.getName() + "\"/>");
        var id = bench.mail("ann@example.org");
        bench.run();
        assertThat(bench.told(id)).containsExactly("ann@example.org Discarded");
        assertThat(bench.reporter.told).containsExactly("ann@example.org 550 5.0.0 not today");
    }

    @Test void workersSettleWhatComes() throws Exception {
        root(DELIVER);
        bench.pipeline.start();
        try {
            var id = bench.mail("ann@example.org");
            assertThat(bench.spool.takeDue(1, Duration.ofSeconds(10))).hasSize(1);
            assertThat(bench.told(id)).containsExactly("ann@example.org Routed");
        } finally {
            bench.spool.stop(Duration.ZERO);
            bench.pipeline.stop(Duration.ofSeconds(5));
        }
    }

    @Test void aClaimThatFailsEndsNoWorker() throws Exception {
        root(DELIVER);
        bench.spool.failClaims(PipelineConfig.DEFAULT.workers());       // each of them meets one
        bench.pipeline.start();
        try {
            bench.mail("ann@example.org");
            assertThat(bench.spool.takeDue(1, Duration.ofSeconds(10))).hasSize(1);
        } finally {
            bench.spool.stop(Duration.ZERO);
            bench.pipeline.stop(Duration.ofSeconds(5));
        }
    }

    @Test void theDefaultFilesAreGood() throws Exception {
        bench.fixture.file(Files.readString(Path.of("..", "conf", "processors.xml")));
        bench.fixture.workshop.directory.alias("info@example.org", "ann@example.org", "zoe@far.example");
        var id = bench.mail("info@example.org", "nobody@example.org", "bob+x@example.org", "cy@far.example");
        bench.run();
        assertThat(bench.told(id)).containsExactly("info@example.org Delivered", "nobody@example.org Bounced",
            "bob+x@example.org Routed", "cy@far.example Routed", "ann@example.org Routed", "zoe@far.example Routed");
        var problems = new Problems();
        assertThat(ConfigFile.read(Path.of("..", "conf", "pipeline.xml"), "pipeline", problems)
            .map(PipelineConfig::read)).contains(PipelineConfig.DEFAULT);
        assertThat(problems.all()).isEmpty();
    }

    /** Always out of order. */
    public static final class Throws extends GenericMailet {
        @Override public void service(Mail mail) {
            throw new IllegalStateException("out of order");
        }
    }

    /** Sends a copy to bob. */
    public static final class Sends extends GenericMailet {
        @Override public void service(Mail mail) throws MessagingException {
            getMailetContext().sendMail(getMailetContext().getPostmaster(),
                List.of(TestMail.address("bob@example.org")), mail.getMessage());
        }
    }

    /** Reports the mail and ends it, as James's Bounce does. */
    public static final class Bounces extends GenericMailet implements Described {
        @Override public void service(Mail mail) throws MessagingException {
            getMailetContext().bounce(mail, "not\r\ntoday");
            mail.setState(Mail.GHOST);
        }

        @Override public Manifest manifest() {
            return Manifest.endingAccepted();
        }
    }

    /** A header for each recipient. */
    public static final class Marks extends GenericMailet {
        @Override public void service(Mail mail) {
            for (var recipient : mail.getRecipients()) {
                mail.addSpecificHeaderForRecipient(PerRecipientHeaders.Header.builder()
                    .name("X-For").value(recipient.asString()).build(), recipient);
            }
        }
    }
}
