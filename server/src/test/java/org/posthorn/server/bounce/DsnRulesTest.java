package org.posthorn.server.bounce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.smtp.Recipient.Notify;
import org.posthorn.server.auth.spf.SpfResult;
import org.posthorn.server.bounce.BounceConfig.DoubleBounce;
import org.posthorn.server.bounce.BounceConfig.Instead;
import org.posthorn.server.bounce.BounceConfig.Rules;
import org.posthorn.server.bounce.Reporter.Reports;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.Event;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.NewRecipient;
import org.posthorn.server.spool.NewVariant;
import org.posthorn.server.spool.Origin;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.SpooledMessage;
import org.posthorn.server.spool.TestMessages;

/** Who gets no report, or another one: each rule has its name. */
class DsnRulesTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final ReversePath ANN = ReversePath.of(new Mailbox("ann", "example.org"));
    private static final Mailbox POSTMASTER = new Mailbox("postmaster", "mx.example.org");

    private final InMemorySpool spool = new InMemorySpool();
    private final Tally tally = new Tally();
    private Rules rules = Rules.DEFAULT;
    private Instant now = NOW;
    private MailParameters parameters = MailParameters.NONE;

    private DsnReporter reporter() {
        return new DsnReporter(spool, BounceConfig.of("mx.example.org").with(rules), () -> now, new Random(1), tally);
    }

    private SpooledMessage message(ReversePath sender, String attributes, Notify... notify) {
        return message(sender, "Subject: Lunch\r\n\r\nToday?\r\n", attributes, notify);
    }

    private SpooledMessage message(ReversePath sender, String text, String attributes, Notify... notify) {
        var message = new NewMessage(spool.nextId(), new Origin(sender, parameters, NOW, "smtp", "192.0.2.7",
            "client", ""), List.of(new NewVariant(TestMessages.draft(spool, text), attributes)),
            List.of(new NewRecipient(new Recipient(new Mailbox("bob", "example.net"), Set.of(notify),
            ""), 0, TestMessages.toExampleNet(NOW, 1, ""))), List.of());
        spool.commit(Change.accept(message));
        return spool.find(message.id()).orElseThrow();
    }

    /** Strangers who send without a sender decide what it is: a large text, or a header that never ends. */
    @ParameterizedTest
    @ValueSource(strings = {"Subject: x\r\n\r\n", "Subject: x\r\n", ""})
    void aCopyForThePostmasterIsNeverLarge(String beginning) {
        var message = message(ReversePath.none(), beginning + "x-junk: of many\r\n".repeat(20_000), "");
        var copy = failed(reporter(), message).messages();
        assertThat(copy).singleElement().satisfies(report -> {
            assertThat(to(report)).isEqualTo("postmaster@mx.example.org");
            assertThat(TestMessages.text(report.variants().getFirst().content()).length()).isLessThan(70_000);
        });
    }

    private static Reports failed(DsnReporter reporter, SpooledMessage message) {
        return reporter.report(message, List.of(Notice.failed(message.recipients().getFirst(), "550 5.1.1 No such user",
            "mx.example.net")));
    }

    private static String spf(SpfResult result) {
        return "{\"org.posthorn.auth.spf\":{\"serializer\":\"StringSerializer\",\"value\":\""
            + String.join("\\n", "mx.example.org", "192.0.2.7", "client", "MAILFROM", "ann", "example.org",
            result.name(), "-all", "", "") + "\"}}";
    }

    private static String to(NewMessage report) {
        return report.recipients().getFirst().recipient().mailbox().toString();
    }

    private static RecipientState state(NewMessage report) {
        return report.recipients().getFirst().state();
    }

    @Test void aForgedSenderIsToldNothing() {
        var reports = failed(reporter(), message(ANN, spf(SpfResult.FAIL)));
        assertThat(reports.messages()).isEmpty();
        assertThat(reports.history()).extracting(Event::what, Event::detail).containsExactly(
            tuple("unreported",
                "by forged-sender: SPF fail for example.org from 192.0.2.7"));
        assertThat(tally.counts()).containsEntry("report forged-sender dropped", 1L);
    }

    @Test void aReportToAForgedSenderMayBeHeld() {
        rules = new Rules(DoubleBounce.POSTMASTER, Instead.HOLD, Set.of(SpfResult.FAIL), 0, Duration.ofHours(1),
            Instead.HOLD);
        var reports = failed(reporter(), message(ANN, spf(SpfResult.FAIL)));
        assertThat(reports.messages()).singleElement().satisfies(report -> {
            assertThat(to(report)).isEqualTo("ann@example.org");
            assertThat(state(report)).isEqualTo(new RecipientState.Held("forged-sender",
                new RecipientState.Pending("root", NOW, 0, true)));
        });
        assertThat(tally.counts()).containsEntry("report forged-sender held", 1L);
    }

    @ParameterizedTest
    @EnumSource(value = SpfResult.class, mode = EnumSource.Mode.EXCLUDE, names = "FAIL")
    void whoIsNotForgedIsTold(SpfResult result) {
        assertThat(failed(reporter(), message(ANN, spf(result))).messages()).hasSize(1);
    }

    @Test void softfailMayCountAsForged() {
        rules = new Rules(DoubleBounce.POSTMASTER, Instead.DROP, Set.of(SpfResult.FAIL, SpfResult.SOFTFAIL), 0,
            Duration.ofHours(1), Instead.HOLD);
        assertThat(failed(reporter(), message(ANN, spf(SpfResult.SOFTFAIL))).messages()).isEmpty();
    }

    @Test void dmarcSaysSoToo() {
        var attributes = "{\"org.posthorn.auth.dmarc\":{\"serializer\":\"StringSerializer\",\"value\":\"%s\"}}";
        assertThat(failed(reporter(), message(ANN, attributes.formatted("fail example.org p=none"))).messages())
            .isEmpty();
        assertThat(failed(reporter(), message(ANN, attributes.formatted("pass example.org"))).messages()).hasSize(1);
        assertThat(failed(reporter(), message(ANN, attributes.formatted("fail list.example p=none"))).messages())
            .as("somebody else's From, as of a message that a list passed on").hasSize(1);
        assertThat(failed(reporter(), message(ANN, attributes.formatted("fail"))).messages()).as("of nobody knows whom")
            .hasSize(1);
    }

    @Test void whoPassedSpfWroteTheSenderWhateverDmarcSays() {
        var both = spf(SpfResult.PASS).replaceFirst("}}$", "},\"org.posthorn.auth.dmarc\":{\"serializer\":"
            + "\"StringSerializer\",\"value\":\"fail example.org p=none\"}}");
        assertThat(failed(reporter(), message(ANN, both)).messages()).hasSize(1);
    }

    @Test void anSpfResultIsOfTheSenderThatItWasFoundFor() {
        for (var sender : List.of("list@example.org", "ann@list.example")) {
            var at = sender.indexOf('@');
            assertThat(failed(reporter(), message(ReversePath.of(new Mailbox(sender.substring(0, at),
                sender.substring(at + 1))), spf(SpfResult.FAIL))).messages()).as(sender).hasSize(1);
        }
    }

    @Test void aMessageWithoutSenderIsThePostmastersAndThenNobodys() {
        var reports = failed(reporter(), message(ReversePath.none(), ""));
        var copy = reports.messages().getFirst();
        assertThat(to(copy)).isEqualTo(POSTMASTER.toString());
        assertThat(copy.origin().sender().isNull()).isTrue();
        assertThat(TestMessages.text(copy.variants().getFirst().content())).contains("Auto-Submitted: auto-replied")
            .contains("Subject: Not delivered, and nobody to tell: a message to bob@example.net").contains("Today?");
        spool.commit(new Change(reports.messages(), List.of()));

        var last = failed(reporter(), spool.find(copy.id()).orElseThrow());
        assertThat(last.messages()).isEmpty();
        assertThat(last.history()).extracting(Event::detail).containsExactly("by double-bounce: it has no sender");
        assertThat(tally.counts()).containsEntry("report double-bounce", 1L)
            .containsEntry("report double-bounce dropped", 1L);
    }

    @Test void whatAMailetMadeOfAPostmastersCopyIsTheLastTooWhoeverSendsIt() {
        var mark = "{\"org.posthorn.report\":{\"serializer\":\"StringSerializer\",\"value\":\"double-bounce\"}}";
        assertThat(failed(reporter(), message(ReversePath.of(POSTMASTER), mark)).messages()).isEmpty();
    }

    @Test void noPostmasterHearsOfWhatNobodyIsToHearOf() {
        var reports = failed(reporter(), message(ReversePath.none(), "", Notify.NEVER));
        assertThat(reports.messages()).isEmpty();
        assertThat(reports.history()).isEmpty();
    }

    @Test void aPostmasterGetsSoManyCopiesInATime() {
        rules = new Rules(DoubleBounce.POSTMASTER, Instead.DROP, Set.of(), 2, Duration.ofHours(1), Instead.HOLD);
        var reporter = reporter();
        var message = message(ReversePath.none(), "");
        assertThat(failed(reporter, message).messages()).hasSize(1);
        assertThat(failed(reporter, message).messages()).hasSize(1);
        var reports = failed(reporter, message);
        assertThat(reports.messages()).isEmpty();
        assertThat(reports.history()).extracting(Event::detail).containsExactly(
            "by double-bounce: more than 2 copies to " + POSTMASTER);
        now = NOW.plus(Duration.ofHours(1));
        assertThat(failed(reporter, message).messages()).hasSize(1);
        assertThat(tally.counts()).containsEntry("report double-bounce dropped", 1L);
    }

    @Test void successesThatWereAskedForHoldNoFailureBack() {
        rules = new Rules(DoubleBounce.POSTMASTER, Instead.DROP, Set.of(), 1, Duration.ofHours(1), Instead.HOLD);
        var reporter = reporter();
        var message = message(ANN, "", Notify.SUCCESS, Notify.FAILURE);
        var arrived = List.of(Notice.of(Notice.Action.DELIVERED, message.recipients().getFirst(), "250 2.0.0 Ok", ""));
        reporter.report(message, arrived);
        assertThat(state(reporter.report(message, arrived).messages().getFirst()))
            .isInstanceOf(RecipientState.Held.class);
        assertThat(state(failed(reporter, message).messages().getFirst())).isInstanceOf(RecipientState.Pending.class);
    }

    @Test void theReportsOnOneMessageOfAVerpSenderAreNoStorm() {
        rules = new Rules(DoubleBounce.POSTMASTER, Instead.DROP, Set.of(), 1, Duration.ofHours(1), Instead.HOLD);
        var reporter = reporter();
        parameters = MailParameters.NONE.with(Handling.NONE.verp("+="));
        var message = message(ANN, "");
        for (var i = 0; i < 3; i++) {
            assertThat(state(failed(reporter, message).messages().getFirst()))
                .isInstanceOf(RecipientState.Pending.class);
        }
        assertThat(state(failed(reporter, message(ANN, "")).messages().getFirst())).as("another message")
            .isInstanceOf(RecipientState.Held.class);
    }

    @Test void aDoubleBounceMayBeHeldOrDropped() {
        rules = new Rules(DoubleBounce.HOLD, Instead.DROP, Set.of(), 0, Duration.ofHours(1), Instead.HOLD);
        assertThat(failed(reporter(), message(ReversePath.none(), "")).messages()).singleElement().satisfies(report ->
            assertThat(state(report)).isInstanceOfSatisfying(RecipientState.Held.class,
                held -> assertThat(held.name()).isEqualTo("double-bounce")));
        rules = new Rules(DoubleBounce.DROP, Instead.DROP, Set.of(), 0, Duration.ofHours(1), Instead.HOLD);
        assertThat(failed(reporter(), message(ReversePath.none(), "")).messages()).isEmpty();
        assertThat(tally.counts()).containsEntry("report double-bounce held", 1L)
            .containsEntry("report double-bounce dropped", 1L);
    }

    @Test void oneAddressGetsSoManyReportsInATime() {
        rules = new Rules(DoubleBounce.POSTMASTER, Instead.DROP, Set.of(), 2, Duration.ofHours(1), Instead.HOLD);
        var reporter = reporter();
        var message = message(ANN, "");
        assertThat(state(failed(reporter, message).messages().getFirst())).isInstanceOf(RecipientState.Pending.class);
        assertThat(state(failed(reporter, message).messages().getFirst())).isInstanceOf(RecipientState.Pending.class);
        assertThat(state(failed(reporter, message).messages().getFirst())).isInstanceOfSatisfying(
            RecipientState.Held.class, held -> assertThat(held.name()).isEqualTo("storm"));
        assertThat(state(failed(reporter, message(ReversePath.of(new Mailbox("bob", "example.org")), ""))
            .messages().getFirst())).isInstanceOf(RecipientState.Pending.class);
        now = NOW.plus(Duration.ofHours(1));
        assertThat(state(failed(reporter, message).messages().getFirst())).isInstanceOf(RecipientState.Pending.class);
        assertThat(tally.counts()).containsEntry("report storm held", 1L).containsEntry("report sent", 4L);
    }

    @Test void aReportSaysWhatItIsAboutInAttributes() {
        var about = message(ANN, "");
        assertThat(failed(reporter(), about).messages().getFirst().variants().getFirst().attributes())
            .contains("\"org.posthorn.report\"").contains("\"failed\"").contains("\"" + about.id() + "\"")
            .contains("\"no-mailbox\"").contains("\"hard\"").contains("\"bob@example.net\"");
    }

    @Test void verpWritesTheRecipientIntoTheReturnPath() {
        var bob = new Mailbox("bob", "example.net");
        assertThat(Verp.path(ANN, "+=", bob)).hasToString("ann+bob=example.net@example.org");
        assertThat(Verp.path(ANN, "-=", bob)).hasToString("ann-bob=example.net@example.org");
        assertThat(Verp.path(ANN, "", bob)).isEqualTo(ANN);
        assertThat(Verp.path(ReversePath.none(), "+=", bob)).isEqualTo(ReversePath.none());
        assertThat(Verp.path(ANN, "+=", new Mailbox("\"b b\"", "example.net"))).isEqualTo(ANN);
        assertThat(Verp.path(ANN, "+=", new Mailbox("\u6c34", "example.net"))).isEqualTo(ANN);
        assertThat(Verp.path(ANN, "+=", new Mailbox("b".repeat(60), "example.net"))).isEqualTo(ANN);
    }
}
