package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.posthorn.server.chain.Workshop.told;

import java.util.List;
import java.util.Optional;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.mailets.port.Stage;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.server.spool.InMemorySpool;

/** Resend, Redirect, Forward, NotifySender, NotifyPostmaster, Bounce: what they send, and what the mail becomes. */
class ResendingTest {

    private final Workshop workshop = new Workshop();

    private record Sent(SentMail mail, String text, List<String> endings) {
        List<String> recipients() {
            return mail.recipients().stream().map(one -> one.mailbox().toString()).toList();
        }

        /** A field of the header, unfolded; empty without it. */
        String field(String name) {
            return fields(name).stream().findFirst().orElse("");
        }

        List<String> fields(String name) {
            return text.split("\r\n\r\n", 2)[0].replaceAll("\r\n[ \t]+", " ").lines()
                .filter(line -> line.startsWith(name + ": ")).map(line -> line.substring(name.length() + 2)).toList();
        }
    }

    private Chain chain(String mailet) {
        return workshop.chain("<processor state=\"root\">" + mailet + "<mailet class=\"LocalDelivery\"/></processor>"
            + "<processor state=\"error\"><mailet class=\"Hold\"/><mailet class=\"Discard\"/></processor>");
    }

    private Optional<Sent> sent(String mailet, PosthornMail mail) throws Exception {
        return sent(chain(mailet), mail);
    }

    private static Optional<Sent> sent(Chain chain, PosthornMail mail) throws Exception {
        var endings = told(chain.run("root", mail));
        if (mail.sent().isEmpty()) {
            return Optional.empty();
        }
        var sent = mail.sent().getFirst();
        try (var forms = new NewForms(new InMemorySpool(), 0)) {
            forms.number(sent.message(), List.of(), "");
            return Optional.of(new Sent(sent, TestMail.text(forms.made().getFirst().content()), endings));
        }
    }

    private Sent sent(String mailet) throws Exception {
        return sent(mailet, TestMail.to("bob@example.org")).orElseThrow();
    }

    private static PosthornMail mail(String header, boolean nullSender) {
        var message = Optional.of(MailMessage.of(TestMail.content(header + TestMail.MESSAGE)));
        return nullSender ? TestMail.fromNobody(message, "bob@example.org")
            : TestMail.at(Stage.ACCEPTED, message, "bob@example.org");
    }

    @Test void forwardSendsTheMailAsItIsAndEndsIt() throws Exception {
        var sent = sent("<mailet class='Forward'><forwardTo>zoe@far.example, Yan &lt;yan@far.example&gt;</forwardTo>"
            + "</mailet>");
        assertThat(sent.recipients()).containsExactly("zoe@far.example", "yan@far.example");
        assertThat(sent.mail().sender()).isEqualTo(ReversePath.of(TestMail.box("ann@client.example")));
        assertThat(sent.mail().start().processor()).isEqualTo("root");
        assertThat(sent.text().replaceFirst("X-Loop: example\\.org [0-9a-f]{32}\r\n", "")).as("names nobody")
            .isEqualTo(TestMail.MESSAGE);
        assertThat(sent.endings()).containsExactly("bob@example.org SentOn root#1");
    }

    @Test void whatIsMadeOfAPostmastersCopyIsMarkedAsOne() throws Exception {
        var copy = mail("", true);
        copy.setAttribute(new Attribute(AttributeName.of(ReportNotes.REPORT),
            AttributeValue.of(ReportNotes.DOUBLE_BOUNCE)));
        for (var mailet : List.of("Forward", "Redirect", "Resend")) {
            var sent = sent("<mailet class='" + mailet + "'><recipients>zoe@far.example</recipients></mailet>"
                .replace("recipients>", mailet.equals("Forward") ? "forwardTo>" : "recipients>"), copy).orElseThrow();
            assertThat(ReportNotes.isDoubleBounce(sent.mail().attributes())).as(mailet).isTrue();
        }
    }

    @Test void whatIsKnownOfTheSenderGoesAlongWhereTheSenderDoes() throws Exception {
        var forged = mail("", false);
        forged.setAttribute(new Attribute(AuthNotes.SPF, AttributeValue.of("as found")));
        assertThat(sent("<mailet class='Forward'><forwardTo>zoe@far.example</forwardTo></mailet>", forged)
            .orElseThrow().mail().attributes()).contains("as found");
        var other = mail("", false);
        other.setAttribute(new Attribute(AuthNotes.SPF, AttributeValue.of("as found")));
        assertThat(sent("<mailet class='Redirect'><recipients>zoe@far.example</recipients>"
            + "<reversePath>list@example.org</reversePath></mailet>", other).orElseThrow().mail().attributes())
            .doesNotContain("as found");
    }

    @Test void passThroughLetsTheMailGoOn() throws Exception {
        assertThat(sent("<mailet class='Forward'><forwardTo>zoe@far.example</forwardTo>"
            + "<passThrough>TRUE</passThrough></mailet>").endings()).containsExactly("bob@example.org Routed root#2");
    }

    @Test void whatWasSentOnOnceIsNotSentOnAgain() throws Exception {
        var forward = chain("<mailet class='Forward'><forwardTo>zoe@far.example</forwardTo></mailet>");
        var sent = sent(forward, mail("X-Loop: other\r\n", false)).orElseThrow();
        var mark = "X-Loop:  " + sent.fields("X-Loop").getLast().replace(" ", "\r\n ") + "\r\n";
        var back = mail(mark, false);
        assertThat(told(forward.run("root", back))).containsExactly("bob@example.org Rejected root#1");
        assertThat(back.sent()).isEmpty();
        var others = chain("<mailet class='Forward'><forwardTo>yan@far.example</forwardTo></mailet>");
        assertThat(sent(others, mail(mark, false))).as("to others it was not sent yet").isPresent();
    }

    @Test void whatWasSentOnOncePassesWhereItGoesOnAnyway() throws Exception {
        var forward = chain("<mailet class='Forward'><forwardTo>zoe@far.example</forwardTo>"
            + "<passThrough>true</passThrough></mailet>");
        var mark = "X-Loop: " + sent(forward, mail("", false)).orElseThrow().field("X-Loop") + "\r\n";
        var copy = mail(mark, false);
        assertThat(told(forward.run("root", copy))).containsExactly("bob@example.org Routed root#2");
        assertThat(copy.sent()).isEmpty();
    }

    @Test void redirectIsANewMessageFromItsSender() throws Exception {
        var sent = sent("""
            <mailet class="Redirect"><recipients>zoe@far.example</recipients><sender>list@example.org</sender>
              <message>Sent on:</message><replyTo>postmaster</replyTo><prefix>[list]</prefix></mailet>""");
        assertThat(sent.mail().sender()).isEqualTo(ReversePath.of(TestMail.box("list@example.org")));
        assertThat(sent.field("From")).isEqualTo("list@example.org");
        assertThat(sent.field("To")).isEqualTo("zoe@far.example");
        assertThat(sent.field("Reply-To")).isEqualTo("postmaster@example.org");
        assertThat(sent.field("Message-ID")).matches("<[0-9a-f-]{36}@example.org>");
        assertThat(sent.field("Subject")).startsWith("=?UTF-8?").contains("list");
        assertThat(sent.field("Auto-Submitted")).isEmpty();
        assertThat(sent.text()).contains("Sent on:").contains("this is the body.");
    }

    @Test void resendChangesWhatItIsToldTo() throws Exception {
        var sent = sent("""
            <mailet class="Resend"><recipients>zoe@far.example, recipients</recipients><to>null</to>
              <reversePath>postmaster</reversePath><subject>Another</subject><isReply>true</isReply></mailet>""",
            mail("To: old@example.org\r\nMessage-ID: <1@x>\r\n", false)).orElseThrow();
        assertThat(sent.recipients()).containsExactly("zoe@far.example", "bob@example.org");
        assertThat(sent.mail().sender().toString()).isEqualTo("postmaster@example.org");
        assertThat(sent.text()).doesNotContain("To: old").contains("Subject: Another\r\n")
            .contains("In-Reply-To: <1@x>\r\n").contains("From: Ann <ann@client.example>").endsWith("the body.\r\n");
    }

    @ParameterizedTest @CsvSource(delimiter = '|', value = {
        "heads | none | Subject: =?utf-8 | this is the body", "all | none | this is the body | multipart",
        "none | message | message/rfc822 | nothing", "none | heads | X-Odd | this is the body",
        "none | body | this is the body | X-Odd", "none | all | this is the body | message/rfc822",
        "none | none | words | this is the body"})
    void inlineAndAttachmentSayWhatOfTheOriginalIsThere(String inline, String attachment, String has, String not)
        throws Exception {
        assertThat(sent("""
            <mailet class="Resend"><recipients>zoe@far.example</recipients><subject>s</subject>
              <message>words</message><inline>%s</inline><attachment>%s</attachment></mailet>"""
            .formatted(inline, attachment)).text()).contains("words").contains(has).doesNotContain(not);
    }

    @Test void whoIsToldOfAMailDoesNotChangeIt() throws Exception {
        var mail = mail("Content-Type: text/plain\r\n", false);
        sent("<mailet class='NotifyPostmaster'><inline>all</inline></mailet>", mail);
        mail.getMessage().saveChanges();
        assertThat(mail.content().orElseThrow().isChanged()).isFalse();
    }

    @Test void bounceTellsTheSenderAndNobodyElse() throws Exception {
        var sent = sent("<mailet class='Bounce'><message>No such user:</message></mailet>",
            mail("Cc: other@far.example\r\nMessage-ID: <1@x>\r\nPrecedence: bulk\r\n", false)).orElseThrow();
        assertThat(sent.recipients()).containsExactly("ann@client.example");
        assertThat(sent.mail().sender()).isEqualTo(ReversePath.none());
        assertThat(sent.field("From")).isEqualTo("postmaster@example.org");
        assertThat(sent.field("To")).isEqualTo("ann@client.example");
        assertThat(sent.field("Cc")).isEmpty();
        assertThat(sent.field("Auto-Submitted")).isEqualTo("auto-replied");
        assertThat(sent.field("In-Reply-To")).isEqualTo("<1@x>");
        assertThat(sent.text()).contains("No such user:").contains("Recipients: bob@example.org")
            .contains("message/rfc822");
        assertThat(sent.endings()).containsExactly("bob@example.org Routed root#2");
    }

    @ParameterizedTest @ValueSource(strings = {"Bounce", "NotifySender"})
    void theNullSenderIsToldNothing(String name) throws Exception {
        assertThat(sent("<mailet class='" + name + "'/>", mail("", true))).isEmpty();
    }

    @ParameterizedTest @ValueSource(strings = {"Auto-Submitted: auto-replied", "Auto-Submitted: Auto-Generated; x=y",
        "Precedence: list", "List-Id: <a.example>"})
    void noticesAreNotSentForWhatAProgramWrote(String field) throws Exception {
        assertThat(sent("<mailet class='NotifySender'/>", mail(field + "\r\n", false))).isEmpty();
        assertThat(sent("<mailet class='NotifyPostmaster'/>", mail(field + "\r\n", false)).isEmpty())
            .isEqualTo(field.startsWith("Auto"));
    }

    @Test void thePostmasterIsToldByTheNullSender() throws Exception {
        var sent = sent("<mailet class='NotifyPostmaster'><notice>Look:</notice><prefix>[notice]</prefix></mailet>",
            mail("Auto-Submitted: no\r\n", false)).orElseThrow();
        assertThat(sent.recipients()).containsExactly("postmaster@example.org");
        assertThat(sent.mail().sender()).isEqualTo(ReversePath.none());
        assertThat(sent.field("Auto-Submitted")).isEqualTo("auto-generated");
        assertThat(sent.text()).contains("Look:");
    }

    @Test void anErrorIsToldWhenThatIsWanted() throws Exception {
        var mail = mail("", false);
        mail.setErrorMessage("root#1: out of order");
        assertThat(sent("<mailet class='Bounce'/>", mail).orElseThrow().text()).doesNotContain("out of order");
        var other = mail("", false);
        other.setErrorMessage("root#1: out of order");
        assertThat(sent("<mailet class='Bounce'><attachError>true</attachError></mailet>", other).orElseThrow().text())
            .contains("out of order");
    }

    @Test void redirectToNobodyIsAnErrorAndTheMailIsNotLost() throws Exception {
        assertThat(told(chain("<mailet class='Redirect'><recipients>sender</recipients></mailet>")
            .run("root", mail("", true)))).containsExactly("bob@example.org Held error#1");
    }

    @ParameterizedTest @CsvSource(delimiter = '|', value = {
        "<mailet class='Forward'/> | Forward needs <forwardTo>",
        "<mailet class='Forward'><forwardTo>no address</forwardTo></mailet> | must be addresses",
        "<mailet class='Resend'><inline>some</inline></mailet> | must be one of [unaltered, heads",
        "<mailet class='Resend'><passThrough>yes</passThrough></mailet> | must be true or false",
        "<mailet class='Redirect'><sender>a@x.org, b@x.org</sender></mailet> | must be one address",
        "<mailet class='Redirect'><replyTo>a@x.org</replyTo><replyto>b@x.org</replyto></mailet> | are one",
        "<mailet class='Bounce'><recipients>a@x.org</recipients></mailet> | has no parameter 'recipients'",
        "<mailet class='Redirect'><static>true</static></mailet> | addresses are read once, always"})
    void mistakesAreTold(String mailet, String problem) {
        assertThat(workshop.problems(Workshop.file("<processor state=\"root\">" + mailet
            + "<mailet class=\"Null\"/></processor>"))).singleElement().asString().contains(problem);
    }

    @Test void aMailetThatEndsMayBeTheLast() {
        assertThat(workshop.problems(Workshop.file("<processor state=\"root\"><mailet class='Forward'>"
            + "<forwardTo>zoe@far.example</forwardTo></mailet></processor>"))).isEmpty();
        assertThat(workshop.problems(Workshop.file("<processor state=\"root\"><mailet class='Bounce'/></processor>")))
            .singleElement().asString().contains("a mail can come to the end");
    }
}
