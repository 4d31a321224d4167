package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.Mailet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.posthorn.mailets.port.Stage;
import org.posthorn.server.spool.InMemorySpool;

/** Every mailet of James's jar, with parameters, on one mail: it does its work, and nobody is lost. */
class StockMailetsTest {

    private static final String MESSAGE = """
        From: Ann <ann@client.example>\r
        To: bob@example.org, ann@example.org\r
        Subject: Hello\r
        Message-ID: <1@client.example>\r
        Date: Mon, 2 Mar 2026 09:00:00 +0000\r
        X-Old: 1\r
        MIME-Version: 1.0\r
        Content-Type: multipart/mixed; boundary=b1\r
        \r
        --b1\r
        Content-Type: text/plain\r
        \r
        The text of it.\r
        --b1\r
        Content-Type: application/pdf; name=report.pdf\r
        Content-Disposition: attachment; filename=report.pdf\r
        \r
        %PDF\r
        --b1--\r
        """;
    private static final String TEXT = """
        From: Ann <ann@client.example>\r
        To: bob@example.org\r
        Subject: Hello\r
        Content-Type: text/plain; charset=utf-8\r
        \r
        One two three four five six seven eight nine ten.\r
        """;

    /** They need a library that is not shipped; what to use instead is said at load. */
    private static final Map<String, String> NOT_HERE = Map.of(
        "HeadersToHTTP", "write a mailet of your own", "SerialiseToHTTP", "write a mailet of your own");

    private static final List<Case> CASES = List.of(
        has("AddDeliveredToHeader", "", "Delivered-To: ann@example.org"),
        text("AddFooter", "<text>the footer</text>", "the footer"),
        has("AddSubjectPrefix", "<subjectPrefix>[x]</subjectPrefix>", "Subject: [x] Hello"),
        has("ClassifyBounce", "<headerName>X-Bounce</headerName>", "\r\nX-Bounce: "),
        attribute("ContactExtractor", "<attribute>out</attribute>", "bob@example.org"),
        has("Expires", "<defaultAge>1d</defaultAge>", "\r\nExpires: "),
        new Case("FoldLongLines", "<maxCharacters>60</maxCharacters>", MESSAGE.replace("Hello", "word ".repeat(30)),
            ran -> assertThat(ran.text().lines().filter(line -> line.startsWith("\tword") || line.startsWith(" word")))
                .isNotEmpty()),
        unchanged("LogMessage", "<headers>true</headers><body>false</body><comment>here</comment>"),
        has("MailAttributesListToMimeHeaders", "<simplemapping>list; X-List</simplemapping>", "X-List: one"),
        has("MailAttributesToMimeHeaders", "<simplemapping>tag; X-Tag</simplemapping>", "X-Tag: yes"),
        unchanged("MimeDecodingMailet", "<attribute>none</attribute>"),
        new Case("Null", "", MESSAGE, ran -> assertThat(ran.endings()).allSatisfy(end ->
            assertThat(end.fate()).isInstanceOf(Fate.Discarded.class))),
        new Case("OnlyText", "", MESSAGE, ran -> assertThat(ran.text()).contains("The text of it.")
            .contains("Content-Type: text/plain").doesNotContain("pdf")),
        new Case("PostmasterAlias", "", MESSAGE, ran -> assertThat(ran.recipients()).contains(
            "postmaster@example.org").doesNotContain("postmaster@mx.example.org")),
        new Case("PropagateError", "", MESSAGE,
            ran -> assertThat(ran.endings().getFirst().rule()).startsWith("error#1")),
        new Case("RecipientToLowerCase", "", MESSAGE, ran -> assertThat(ran.recipients()).contains("bob@example.org")
            .doesNotContain("Bob@example.org")),
        // That of 3.9.0 loses every other one: two in, one out.
        new Case("RecoverAttachment", "<attribute>parts</attribute>", MESSAGE,
            ran -> assertThat(ran.text()).contains("recovered.txt").contains("The text of it.")),
        new Case("RemoveAllMailAttributes", "", MESSAGE, ran -> assertThat(ran.mail().hasAttributes()).isFalse()),
        new Case("RemoveMailAttribute", "<name>tag</name>", MESSAGE,
            ran -> assertThat(ran.mail().getAttribute(AttributeName.of("tag"))).isEmpty()),
        lacks("RemoveMimeHeader", "<name>X-Old</name>", "X-Old"),
        lacks("RemoveMimeHeaderByPrefix", "<prefix>X-</prefix>", "X-Old"),
        text("ReplaceContent", "<bodyPattern>/two/2/i/</bodyPattern><subjectPattern>/Hello/Bye//</subjectPattern>",
            "One 2 three"),
        new Case("SanitizeMimeMessageId", "", MESSAGE.replace("<1@client.example>", "no id"),
            ran -> assertThat(ran.text()).contains("Message-ID: ")),
        new Case("SaveMailNameInHeaders", "", MESSAGE, ran -> assertThat(ran.own()).contains("X-JAMES-Mail-Name: 1a")),
        new Case("ServerTime", "", MESSAGE, ran -> assertThat(ran.mail().sent()).hasSize(1)),
        new Case("SetErrorMessage", "<errorMessage>out of order</errorMessage>", MESSAGE,
            ran -> assertThat(ran.mail().getErrorMessage()).isEqualTo("out of order")),
        new Case("SetMailAttribute", "<colour>red</colour>", MESSAGE,
            ran -> assertThat(ran.value("colour")).isEqualTo("red")),
        has("SetMimeHeader", "<name>X-New</name><value>1</value>", "X-New: 1"),
        new Case("StripAttachment", "<pattern>.*\\.pdf</pattern><remove>matched</remove><attribute>out</attribute>",
            MESSAGE, ran -> {
                assertThat(ran.text()).doesNotContain("%PDF").contains("The text of it.");
                assertThat(ran.value("out")).contains("report.pdf");
            }),
        new Case("ToProcessor", "<processor>other</processor><notice>550 - no</notice>", MESSAGE,
            ran -> assertThat(ran.endings().getFirst().rule()).startsWith("other#1")),
        new Case("UnwrapText", "", TEXT.replace("utf-8", "utf-8; format=flowed").replace("three ", "three \r\n"),
            ran -> assertThat(ran.text()).contains("three four")),
        new Case("UseHeaderRecipients", "", MESSAGE, ran -> {
            assertThat(ran.mail().sent()).singleElement().satisfies(sent -> assertThat(sent.recipients())
                .extracting(one -> one.mailbox().toString()).contains("bob@example.org"));
            assertThat(ran.endings()).allSatisfy(end -> assertThat(end.fate()).isInstanceOf(Fate.Discarded.class));
        }),
        new Case("WrapText", "<width>30</width>", TEXT, ran -> assertThat(ran.text()).contains("format=flowed")),
        new Case("debug.Counter", "", MESSAGE, ran -> assertThat(ran.endings()).allSatisfy(end ->
            assertThat(end.fate()).isInstanceOf(Fate.Discarded.class))),
        unchanged("debug.DumpSystemErr", ""),
        new Case("debug.ExceptionThrowingMailet", "", MESSAGE,
            ran -> assertThat(ran.endings().getFirst().rule()).startsWith("error#1")),
        unchanged("debug.Identity", ""));

    private final Workshop workshop = new Workshop();

    private record Case(String name, String parameters, String message, Effect effect) {
        @Override public String toString() {
            return name;
        }
    }

    private interface Effect {
        void check(Ran ran) throws Exception;
    }

    /** What came of it. */
    private record Ran(PosthornMail mail, List<Ending> endings) {

        List<String> recipients() {
            return endings.stream().filter(end -> !(end.fate() instanceof Fate.Replaced))
                .flatMap(end -> end.recipients().stream()).map(Object::toString).toList();
        }

        String text() throws Exception {
            return written(List.of());
        }

        /** With the header fields that ann alone gets. */
        String own() throws Exception {
            return written(mail.headersFor(TestMail.address("ann@example.org")));
        }

        private String written(List<org.apache.mailet.PerRecipientHeaders.Header> own) throws Exception {
            try (var forms = new NewForms(new InMemorySpool(), 0)) {
                forms.number(mail.content().orElseThrow(), own, "");
                return TestMail.text(forms.made().getFirst().content());
            }
        }

        String value(String attribute) {
            return String.valueOf(mail.getAttribute(AttributeName.of(attribute)).orElseThrow().getValue().value());
        }
    }

    private static Case has(String name, String parameters, String text) {
        return new Case(name, parameters, MESSAGE, ran -> assertThat(ran.own()).contains(text)
            .contains("The text of it.").contains("%PDF"));
    }

    private static Case lacks(String name, String parameters, String text) {
        return new Case(name, parameters, MESSAGE, ran -> assertThat(ran.text()).doesNotContain(text)
            .contains("The text of it.").contains("Subject: Hello"));
    }

    private static Case text(String name, String parameters, String text) {
        return new Case(name, parameters, TEXT, ran -> assertThat(ran.text()).contains(text).contains("nine ten"));
    }

    private static Case attribute(String name, String parameters, String text) {
        return new Case(name, parameters, MESSAGE, ran -> {
            assertThat(ran.value("out")).contains(text);
            assertThat(ran.text()).isEqualTo(MESSAGE);
        });
    }

    private static Case unchanged(String name, String parameters) {
        return new Case(name, parameters, MESSAGE, ran -> {
            assertThat(ran.text()).isEqualTo(MESSAGE);
            assertThat(ran.mail().content().orElseThrow().isChanged()).isFalse();
            assertThat(ran.endings()).extracting(end -> end.rule().split(" ")[0]).containsOnly("root#2");
        });
    }

    static Stream<Case> cases() {
        return CASES.stream();
    }

    private static PosthornMail mail(String message) {
        var mail = TestMail.at(Stage.ACCEPTED, Optional.of(MailMessage.of(TestMail.content(message))),
            "ann@example.org", "Bob@example.org", "postmaster@mx.example.org", "zoe@far.example");
        mail.setAttribute(new Attribute(AttributeName.of("tag"), AttributeValue.of("yes")));
        mail.setAttribute(new Attribute(AttributeName.of("list"), AttributeValue.of(
            List.of(AttributeValue.of("one"), AttributeValue.of("two")))));
        var part = AttributeValue.of("Content-Type: text/plain; name=recovered.txt\r\n\r\nrecovered\r\n"
            .getBytes(StandardCharsets.US_ASCII));
        mail.setAttribute(new Attribute(AttributeName.of("parts"),
            AttributeValue.of(Map.of("one", part, "two", part))));
        return mail;
    }

    @ParameterizedTest @MethodSource("cases")
    void eachDoesItsWorkAndNobodyIsLost(Case given) throws Exception {
        var chain = workshop.chain("""
            <processor state="root">
              <mailet match="All" class="%s">%s</mailet>
              <mailet match="All" class="LocalDelivery"/>
            </processor>
            <processor state="other"><mailet match="All" class="Hold"/><mailet class="Discard"/></processor>
            <processor state="error"><mailet match="All" class="Hold"/><mailet class="Discard"/></processor>"""
            .formatted(given.name, given.parameters));
        var mail = mail(given.message);
        var all = new HashSet<>(mail.getRecipients());
        var endings = chain.run("root", mail);
        assertThat(endings).noneMatch(end -> end.fate() instanceof Fate.Broken);
        assertThat(endings.stream().flatMap(end -> end.recipients().stream())).containsAll(all);
        given.effect.check(new Ran(mail, endings));
    }

    @Test void whatIsNotHereTellsWhatToDo() {
        NOT_HERE.forEach((name, instead) -> assertThat(workshop.problems(Workshop.file(
            "<processor state=\"root\"><mailet class=\"" + name + "\"><url>http://x/</url></mailet></processor>")))
            .singleElement().asString().contains(name).contains(instead));
    }

    @Test void noneIsForgotten() {
        var here = new TreeSet<>(NOT_HERE.keySet());
        CASES.forEach(given -> here.add(given.name));
        assertThat(here).isEqualTo(StockClasses.named(Mailet.class, "mailets"));
    }

    @Test void aMailetThatNeedsTheErrorPropagatesIt() {
        var mail = mail(MESSAGE);
        mail.setAttribute(new Attribute(Mail.MAILET_ERROR, AttributeValue.ofUnserializable(
            new IllegalStateException("test"))));
        assertThat(workshop.chain("<processor state=\"root\"><mailet class=\"PropagateError\" "
            + "onMailetException=\"propagate\"/><mailet class=\"LocalDelivery\"/></processor>").run("root", mail))
            .allSatisfy(end -> assertThat(end.fate()).isInstanceOf(Fate.Broken.class));
    }
}
