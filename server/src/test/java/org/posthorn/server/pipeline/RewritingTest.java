package org.posthorn.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMailet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.ReplyText;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.server.chain.TestMail;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.RecipientState;

/** Recipients that stand for others, and the return paths of what is forwarded, as the spool keeps them. */
class RewritingTest {

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

    /** One copy is made of them later, see CopiesTest; but each name is reported on. */
    @Test void everyNameOfARecipientKeepsItsDsnParameters() throws Exception {
        bench.fixture.workshop.directory.alias("info@example.org", "ann@example.org")
            .alias("sales@example.org", "ann@example.org", "bob@example.org");
        root("<mailet class=\"RecipientRewriteTable\"/>" + DELIVER);
        var id = bench.mail(ReversePath.of(TestMail.box("zoe@far.example")), List.of(
            new Recipient(TestMail.box("ann@example.org"), Set.of(Recipient.Notify.NEVER), ""),
            Recipient.of(TestMail.box("info@example.org")),
            new Recipient(TestMail.box("sales@example.org"), Set.of(Recipient.Notify.FAILURE), "")));
        bench.run();
        assertThat(bench.told(id)).startsWith("ann@example.org Routed", "info@example.org Delivered",
            "sales@example.org Delivered");
        assertThat(bench.message(id).recipients().subList(3, 6)).extracting(QueuedRecipient::recipient)
            .containsExactlyInAnyOrder(
                new Recipient(TestMail.box("ann@example.org"), Set.of(), "rfc822;info@example.org"),
                new Recipient(TestMail.box("ann@example.org"), Set.of(Recipient.Notify.FAILURE),
                    "rfc822;sales@example.org"),
                new Recipient(TestMail.box("bob@example.org"), Set.of(Recipient.Notify.FAILURE),
                    "rfc822;sales@example.org"));
        assertThat(bench.message(id).recipients()).extracting(QueuedRecipient::variant).containsOnly(0);
    }

    private List<Recipient> targets(QueueId id) {
        var all = bench.message(id).recipients();
        return all.subList(1, all.size()).stream().map(QueuedRecipient::recipient).toList();
    }

    @Test void anAliasOfOneHandsOnWhatItsSenderAskedFor() throws Exception {
        bench.fixture.workshop.directory.alias("info@example.org", "ann@example.org");
        root("<mailet class=\"RecipientRewriteTable\"/>" + DELIVER);
        var id = bench.mail(ReversePath.of(TestMail.box("zoe@far.example")), List.of(new Recipient(
            TestMail.box("info@example.org"), Set.of(Recipient.Notify.SUCCESS), "rfc822;first@example.org")));
        bench.run();
        assertThat(targets(id)).containsExactly(new Recipient(TestMail.box("ann@example.org"),
            Set.of(Recipient.Notify.SUCCESS), "rfc822;first@example.org"));
        assertThat(bench.reporter.told).isEmpty();
    }

    @Test void whoComesInAnothersPlaceIsNotReportedAsDelayedAgain() throws Exception {
        bench.fixture.workshop.directory.alias("info@example.org", "ann@example.org");
        root("<mailet class=\"Defer\"/>");
        var id = bench.mail("info@example.org", "bob@example.org");
        bench.run().later(Duration.ofHours(5));
        assertThat(bench.reporter.told).as("of the delay").hasSize(2);
        root("<mailet class=\"RecipientRewriteTable\"/>" + DELIVER);
        bench.later(Duration.ofHours(5));
        assertThat(bench.states(id)).hasSize(3).filteredOn(state -> state instanceof RecipientState.Routed)
            .hasSize(2).allMatch(state -> state.notices() == 1);
    }

    @Test void anAliasOfSeveralIsReportedAsExpandedAndItsTargetsLoseSuccess() throws Exception {
        bench.fixture.workshop.directory.alias("team@example.org", "ann@example.org", "bob@example.org");
        root("<mailet class=\"RecipientRewriteTable\"/>" + DELIVER);
        var id = bench.mail(ReversePath.of(TestMail.box("zoe@far.example")), List.of(new Recipient(
            TestMail.box("team@example.org"), Set.of(Recipient.Notify.SUCCESS, Recipient.Notify.FAILURE), "")));
        bench.run();
        assertThat(targets(id)).extracting(Recipient::notifyOn).containsExactly(
            Set.of(Recipient.Notify.FAILURE), Set.of(Recipient.Notify.FAILURE));
        assertThat(bench.reporter.told).containsExactly(
            "EXPANDED team@example.org 250 2.1.5 Goes on to all for whom it stands");
    }

    @Test void whoAskedForSuccessAloneHearsNothingOfTheTargets() throws Exception {
        bench.fixture.workshop.directory.alias("team@example.org", "ann@example.org", "bob@example.org");
        root("<mailet class=\"RecipientRewriteTable\"/>" + DELIVER);
        var id = bench.mail(ReversePath.of(TestMail.box("zoe@far.example")), List.of(new Recipient(
            TestMail.box("team@example.org"), Set.of(Recipient.Notify.SUCCESS), "")));
        bench.run();
        assertThat(targets(id)).extracting(Recipient::notifyOn).containsOnly(Set.of(Recipient.Notify.NEVER));
    }

    @Test void whoKeepsACopyIsReportedAsDeliveredAndTheForwardIsNot() throws Exception {
        bench.fixture.workshop.directory.alias("ann@example.org", "ann@example.org", "ann@away.example");
        root("<mailet class=\"RecipientRewriteTable\"/>" + DELIVER);
        var id = bench.mail(ReversePath.of(TestMail.box("zoe@far.example")), List.of(new Recipient(
            TestMail.box("ann@example.org"), Set.of(Recipient.Notify.SUCCESS, Recipient.Notify.FAILURE), "")));
        bench.run();
        assertThat(bench.message(id).recipients().getFirst().recipient().notifyOn())
            .contains(Recipient.Notify.SUCCESS);
        assertThat(targets(id)).extracting(Recipient::notifyOn).containsExactly(Set.of(Recipient.Notify.FAILURE));
        assertThat(bench.reporter.told).isEmpty();
    }

    @Test void whatAMailetSendsAnewSaysNothingOfWhatTheSenderAskedFor() throws Exception {
        root("<mailet match=\"RecipientIs=ann@example.org\" class=\"Forward\">"
            + "<forwardTo>secret@away.example</forwardTo></mailet>" + DELIVER);
        bench.parameters = new MailParameters(-1, MailParameters.Body.SEVEN_BIT, false, MailParameters.Ret.FULL, "e1");
        var id = bench.mail(ReversePath.of(TestMail.box("zoe@far.example")), List.of(new Recipient(
            TestMail.box("ann@example.org"), Set.of(Recipient.Notify.SUCCESS), "rfc822;ann@example.org")));
        bench.run();
        assertThat(bench.spool.list(Optional.empty(), 9)).filteredOn(message -> !message.id().equals(id)
            && !message.origin().sender().isNull()).singleElement().satisfies(sent -> {
                assertThat(sent.recipients()).extracting(QueuedRecipient::recipient)
                    .containsExactly(Recipient.of(TestMail.box("secret@away.example")));
                assertThat(sent.origin().parameters().ret()).isEqualTo(MailParameters.Ret.UNSPECIFIED);
                assertThat(sent.origin().parameters().envelopeId()).isEmpty();
            });
    }

    @Test void aNameGivenTwiceWithDifferentParametersIsReportedOnForBoth() throws Exception {
        bench.fixture.workshop.directory.alias("info@example.org", "gone@example.org");
        root("<mailet class=\"RecipientRewriteTable\"/><mailet match=\"RecipientIsLocal\" class=\"LocalDelivery\"/>"
            + "<mailet class=\"DSNBounce\"><reply>550 5.1.1 Nobody</reply></mailet>");
        var id = bench.mail(ReversePath.of(TestMail.box("zoe@far.example")), List.of(
            new Recipient(TestMail.box("info@example.org"), Set.of(Recipient.Notify.NEVER), ""),
            new Recipient(TestMail.box("Info@example.org"), Set.of(Recipient.Notify.FAILURE), ""),
            new Recipient(TestMail.box("info@example.org"), Set.of(Recipient.Notify.NEVER), "")));
        bench.run();
        assertThat(bench.told(id)).containsExactly("info@example.org Delivered", "Info@example.org Delivered",
            "info@example.org Delivered", "gone@example.org Bounced", "gone@example.org Bounced");
        assertThat(bench.message(id).recipients().subList(3, 5).stream().map(recipient ->
            recipient.recipient().notifyOn()).toList()).containsExactlyInAnyOrder(Set.of(Recipient.Notify.NEVER),
                Set.of(Recipient.Notify.FAILURE));
    }

    @Test void aPartThatLeftKeepsItsRecipientAndItsFate() throws Exception {
        bench.fixture.workshop.directory.alias("info@example.org", "ann@example.org");
        root("<mailet match=\"RecipientIs=ann@example.org\" class=\"Null\"/><mailet class=\"RecipientRewriteTable\"/>"
            + DELIVER);
        var id = bench.mail("ann@example.org", "info@example.org");
        bench.run();
        assertThat(bench.told(id)).containsExactly("ann@example.org Discarded", "info@example.org Delivered",
            "ann@example.org Routed");
    }

    @Test void aForwardGoesOutUnderAReturnPathOfOursAndOthersDoNot() throws Exception {
        bench.fixture.workshop.directory.alias("ann@example.org", "ann@example.org", "ann@away.example")
            .alias("team@example.org", "bob@example.org", "cy@away.example", "ann@example.org");
        bench.fixture.file(Files.readString(Path.of("..", "conf", "processors.xml")));
        var id = bench.mail("ann@example.org", "team@example.org", "dan@far.example");
        bench.run();
        var message = bench.message(id);
        var paths = message.recipients().stream().filter(recipient ->
            recipient.state() instanceof RecipientState.Routed).map(recipient -> recipient.recipient().mailbox() + " "
                + message.senderOf(recipient)).distinct().toList();
        assertThat(paths).hasSize(5).contains("dan@far.example zoe@far.example", "ann@example.org zoe@far.example",
            "bob@example.org zoe@far.example").anyMatch(path -> path.matches(
                "ann@away\\.example SRS0=.{6}=..=far\\.example=zoe@example\\.org")).anyMatch(path -> path.matches(
                "cy@away\\.example SRS0=.{6}=..=far\\.example=zoe@example\\.org"));
        assertThat(bench.words(id)).contains("sent-as");
        var away = message.recipients().stream().filter(recipient -> recipient.recipient().mailbox()
            .equals(TestMail.box("cy@away.example"))).findFirst().orElseThrow();
        assertThat(TestMail.text(message.variantOf(away).content()))
            .startsWith("Delivered-To: team@example.org\r\nFrom: ");
        assertThat(message.variants()).as("as it was, for ann's forward, for the team's").hasSize(3);
    }

    @ParameterizedTest @ValueSource(strings = {"", "bob@example.org", "postmaster@mx.example.org", "x@example.net"})
    void ourOwnSendersAndNobodyStayAsTheyAre(String sender) throws Exception {
        bench.fixture.workshop.directory.addDomainAlias("example.net", "example.org");
        bench.fixture.workshop.directory.alias("ann@example.org", "ann@away.example");
        bench.fixture.file(Files.readString(Path.of("..", "conf", "processors.xml")));
        var path = sender.isEmpty() ? ReversePath.none() : ReversePath.of(TestMail.box(sender));
        var id = bench.mail(path, List.of(Recipient.of(TestMail.box("ann@example.org"))));
        bench.run();
        var message = bench.message(id);
        assertThat(message.senderOf(message.recipients().getLast())).isEqualTo(path);
    }

    @Test void aSenderThatDoesNotFitStaysAndTheHistorySaysSo() throws Exception {
        bench.fixture.workshop.directory.alias("ann@example.org", "ann@away.example");
        bench.fixture.file(Files.readString(Path.of("..", "conf", "processors.xml")));
        var path = ReversePath.of(TestMail.box("z".repeat(60) + "@far.example"));
        var id = bench.mail(path, List.of(Recipient.of(TestMail.box("ann@example.org"))));
        bench.run();
        assertThat(bench.message(id).senderOf(bench.message(id).recipients().getLast())).isEqualTo(path);
        assertThat(bench.spool.history(id)).anyMatch(event -> event.what().equals("sender-kept")
            && event.detail().contains("too long") && event.recipient().equals("ann@away.example"));
    }

    @Test void aForwardThatWaitedIsStillAForward() throws Exception {
        bench.fixture.workshop.directory.alias("ann@example.org", "ann@away.example");
        root("<mailet class=\"RecipientRewriteTable\"/><mailet match=\"HasMailAttribute=never\" class=\"Null\"/>"
            + "<mailet match=\"RecipientIs=ann@away.example\" class=\"" + DefersOnce.class.getName() + "\"/>"
            + "<mailet class=\"SenderRewrite\"/>" + DELIVER);
        var id = bench.mail("ann@example.org");
        bench.run();
        assertThat(bench.told(id)).containsExactly("ann@example.org Delivered", "ann@away.example Pending");
        bench.later(Duration.ofHours(1));
        var message = bench.message(id);
        assertThat(message.senderOf(message.recipients().getLast()).toString()).startsWith("SRS0=");
        assertThat(TestMail.text(message.variantOf(message.recipients().getLast()).content()))
            .startsWith("Delivered-To: ann@example.org\r\n");
    }

    @Test void aCircleIsNamedInTheReportAndInTheHistory() throws Exception {
        bench.fixture.workshop.directory.alias("a@example.org", "b@example.org")
            .alias("b@example.org", "a@example.org")
            .alias("c@example.org", "d@example.org", "bob@example.org").alias("d@example.org", "c@example.org");
        root("<mailet class=\"RecipientRewriteTable\"/>" + DELIVER);
        var id = bench.mail("a@example.org", "c@example.org");
        bench.run();
        assertThat(bench.told(id)).containsExactly("a@example.org Bounced", "c@example.org Delivered",
            "bob@example.org Routed");
        assertThat(bench.reporter.told).singleElement().asString()
            .contains("554 5.4.6", "a@example.org -> b@example.org -> a@example.org");
        assertThat(bench.spool.history(id)).anyMatch(event -> event.what().equals("circle-cut")
            && event.detail().equals("c@example.org -> d@example.org -> c@example.org"));
    }

    @Test void aForwardedMailThatComesBackIsNotForwardedAgain() throws Exception {
        bench.fixture.workshop.directory.alias("ann@example.org", "ann@away.example");
        bench.fixture.workshop.directory.addDomainAlias("example.net", "example.org");
        root("<mailet class=\"RecipientRewriteTable\"/>" + DELIVER);
        var id = bench.message("Delivered-To: Ann@example.org\r\n" + TestMail.MESSAGE, "ann@example.net");
        bench.run();
        assertThat(bench.told(id)).containsExactly("ann@example.net Bounced");
        assertThat(bench.reporter.told).singleElement().asString().contains("554 5.4.6");
    }

    /** Defers at the first time. */
    public static final class DefersOnce extends GenericMailet {
        private final Disposition disposition;
        private final AtomicBoolean asked = new AtomicBoolean();

        @Inject DefersOnce(Disposition disposition) {
            this.disposition = disposition;
        }

        @Override public void service(Mail mail) throws MessagingException {
            if (!asked.getAndSet(true)) {
                disposition.answer(mail, new Answer.Defer(ReplyText.of("DefersOnce", "451 4.2.0 Not yet",
                    ReplyText.TRANSIENT)));
            }
        }
    }
}
