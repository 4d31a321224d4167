package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.posthorn.server.chain.Workshop.told;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.PerRecipientHeaders;
import org.apache.mailet.base.GenericMailet;
import org.apache.mailet.base.GenericMatcher;
import org.junit.jupiter.api.Test;
import org.posthorn.server.spool.InMemorySpool;

class SplittingTest {

    private final Workshop workshop = new Workshop();

    @Test void eachRecipientEndsWhereItsStepSays() {
        var chain = workshop.chain("""
            <processor state="root">
              <mailet match="RecipientIsLocal" class="LocalDelivery"/>
              <mailet match="All" class="RemoteDelivery"/>
            </processor>""");
        assertThat(told(chain.run("root", TestMail.to("ann@example.org", "zoe@far.example", "bob@example.org"))))
            .containsExactly("ann@example.org Routed root#1", "bob@example.org Routed root#1",
                "zoe@far.example Routed root#2");
    }

    @Test void theRuleNamesTheStepAndItsLine() {
        var chain = workshop.chain("""
            <processor state="root">
              <mailet notmatch="RecipientIsLocal" class="RemoteDelivery"/>
              <mailet match="All" class="LocalDelivery"/>
            </processor>""");
        assertThat(chain.run("root", TestMail.to("zoe@far.example")).getFirst().rule())
            .isEqualTo("root#1 not RecipientIsLocal RemoteDelivery (processors.xml:3)");
    }

    @Test void remoteRecipientsAreRoutedByDomain() {
        var chain = workshop.chain("""
            <processor state="root"><mailet class="RemoteDelivery"/></processor>""");
        assertThat(chain.run("root", TestMail.to("a@one.example", "b@two.example", "c@one.example"))
            .stream().map(ending -> ending.fate() + " " + ending.recipients())).containsExactly(
                "Routed[route=Route[agent=remote, nextHop=one.example]] [a@one.example, c@one.example]",
                "Routed[route=Route[agent=remote, nextHop=two.example]] [b@two.example]");
    }

    @Test void bothPartsGoOnWithAttributesOfTheirOwn() {
        var chain = workshop.chain("""
            <processor state="root">
              <mailet match="RecipientIs=ann@example.org" class="SetMailAttribute"><who>ann</who></mailet>
              <mailet match="HasMailAttribute=who" class="RemoteDelivery"><gateway>smart.example</gateway></mailet>
              <mailet match="All" class="LocalDelivery"/>
            </processor>""");
        assertThat(told(chain.run("root", TestMail.to("ann@example.org", "bob@example.org")))).containsExactly(
            "ann@example.org Routed root#2", "bob@example.org Routed root#3");
    }

    @Test void whatAnAttributeHoldsIsCopiedToo() throws Exception {
        var mail = TestMail.to("ann@example.org", "bob@example.org");
        var list = new ArrayList<AttributeValue<?>>(List.of(AttributeValue.of("one")));
        var name = AttributeName.of("list");
        mail.setAttribute(new Attribute(name, AttributeValue.of((Collection<AttributeValue<?>>) list)));
        var part = mail.part(List.of(TestMail.address("bob@example.org")));
        list.add(AttributeValue.of("two"));
        assertThat((Collection<?>) part.getAttribute(name).orElseThrow().getValue().value()).hasSize(1);
    }

    @Test void aMailThatCarriesItsErrorCanBeSplit() {
        var chain = workshop.chain("""
            <processor state="root"><mailet class="org.apache.james.transport.mailets.debug.ExceptionThrowingMailet"/>
              <mailet class="LocalDelivery"/></processor>
            <processor state="error">
              <mailet match="RecipientIs=ann@example.org" class="Hold"><name>ann</name></mailet>
              <mailet match="HasException=java.lang.Exception" class="Hold"><name>error</name></mailet>
              <mailet class="Discard"/>
            </processor>""");
        assertThat(told(chain.run("root", TestMail.to("ann@example.org", "bob@example.org")))).containsExactly(
            "ann@example.org Held error#1", "bob@example.org Held error#2");
    }

    @Test void aHeaderForOneRecipientIsNobodyElsesWhereverTheMailIsSplit() throws Exception {
        var chain = workshop.chain("""
            <processor state="root">
              <mailet match="All" class="AddDeliveredToHeader"/>
              <mailet match="RecipientIs=ann@example.org" class="LocalDelivery"/>
              <mailet match="All" class="LocalDelivery"/>
            </processor>""");
        var endings = chain.run("root", TestMail.to("ann@example.org", "bob@example.org", "cy@example.org"));
        for (var ending : endings) {
            for (var recipient : ending.recipients()) {
                assertThat(ending.mail().headersFor(recipient)).singleElement().satisfies(header ->
                    assertThat(header.getValue()).isEqualTo(recipient.asString()));
            }
        }
        assertThat(endings).hasSize(2);
    }

    @Test void aHeaderSetForOnePartIsNotInTheOther() throws Exception {
        var chain = workshop.chain("""
            <processor state="root">
              <mailet match="RecipientIs=ann@example.org" class="SetMimeHeader">
                <name>X-For</name><value>Ann</value></mailet>
              <mailet match="All" class="LocalDelivery"/>
            </processor>""");
        for (var ending : chain.run("root", TestMail.to("ann@example.org", "bob@example.org"))) {
            var forAnn = ending.recipients().contains(TestMail.address("ann@example.org"));
            assertThat(ending.mail().getMessage().getHeader("X-For")).isEqualTo(forAnn ? new String[] {"Ann"} : null);
        }
    }

    @Test void nullAndEmptyMatchNobody() {
        var chain = workshop.chain(String.format("""
            <processor state="root">
              <mailet match="%s" class="Discard"/>
              <mailet match="All" class="LocalDelivery"/>
            </processor>""", NamesNull.class.getName()));
        assertThat(told(chain.run("root", TestMail.to("ann@example.org")))).containsExactly(
            "ann@example.org Routed root#2");
    }

    @Test void aMatcherThatNamesAStrangerHasFailed() {
        var chain = workshop.chain(String.format("""
            <processor state="root">
              <mailet match="%s" class="Discard" onMatchException="nomatch"/>
              <mailet match="All" class="LocalDelivery"/>
            </processor>""", NamesStranger.class.getName()));
        assertThat(told(chain.run("root", TestMail.to("ann@example.org")))).containsExactly(
            "ann@example.org Routed root#2");
    }

    @Test void ghostEndsAMailByTheRuleThatSaidSo() {
        var chain = workshop.chain("""
            <processor state="root">
              <mailet match="RecipientIs=ann@example.org" class="Null"/>
              <mailet match="RecipientIs=bob@example.org" class="ToProcessor"><processor>ghost</processor></mailet>
              <mailet match="All" class="LocalDelivery"/>
            </processor>""");
        assertThat(told(chain.run("root", TestMail.to("ann@example.org", "bob@example.org", "cy@example.org"))))
            .containsExactly("ann@example.org Discarded root#1", "bob@example.org Discarded root#2",
                "cy@example.org Routed root#3");
    }

    @Test void aMailGoesToTheProcessorOfItsStateAndDoesNotComeBack() {
        var chain = workshop.chain("""
            <processor state="root">
              <mailet match="RecipientIs=ann@example.org" class="ToProcessor"><processor>post</processor></mailet>
              <mailet match="All" class="LocalDelivery"/>
            </processor>
            <processor state="post"><mailet match="All" class="RemoteDelivery"/></processor>""");
        assertThat(told(chain.run("root", TestMail.to("ann@example.org", "bob@example.org")))).containsExactly(
            "ann@example.org Routed post#1", "bob@example.org Routed root#2");
    }

    @Test void whoIsTakenOutIsDiscardedByThatRule() {
        var chain = workshop.chain(String.format("""
            <processor state="root">
              <mailet match="All" class="%s"/>
              <mailet match="All" class="LocalDelivery"/>
            </processor>""", KeepsOne.class.getName()));
        assertThat(told(chain.run("root", TestMail.to("ann@example.org", "bob@example.org")))).containsExactly(
            "ann@example.org Routed root#2", "bob@example.org Discarded root#1");
    }

    @Test void whoIsPutInStandsInThePlaceOfWhoIsTakenOut() {
        var chain = workshop.chain(String.format("""
            <processor state="root">
              <mailet match="All" class="%s"/>
              <mailet match="All" class="LocalDelivery"/>
            </processor>""", Redirects.class.getName()));
        assertThat(told(chain.run("root", TestMail.to("ann@example.org")))).containsExactly(
            "ann@example.org Replaced root#1", "bob@example.org Routed root#2");
    }

    @Test void aDuplicateIsDeep() throws Exception {
        var mail = TestMail.to("ann@example.org");
        mail.setAttribute(new Attribute(AttributeName.of("a"), AttributeValue.of("1")));
        mail.addSpecificHeaderForRecipient(PerRecipientHeaders.Header.builder().name("X-A").value("1").build(),
            TestMail.address("ann@example.org"));
        mail.getMessage().setHeader("Subject", "one");
        var copy = mail.duplicate();
        copy.setAttribute(new Attribute(AttributeName.of("a"), AttributeValue.of("2")));
        copy.getMessage().setHeader("Subject", "two");
        copy.setRecipients(List.of());
        assertThat(mail.getAttribute(AttributeName.of("a")).orElseThrow().getValue().value()).isEqualTo("1");
        assertThat(mail.getMessage().getSubject()).isEqualTo("one");
        assertThat(mail.getRecipients()).hasSize(1);
        assertThat(copy.getMessage().getSubject()).isEqualTo("two");
        assertThat(copy.getPerRecipientSpecificHeaders().getHeadersByRecipient().size()).isEqualTo(1);
    }

    @Test void headersOfOneRecipientAreWrittenOnTopOfItsFormOnly() throws Exception {
        var mail = TestMail.to("ann@example.org", "bob@example.org");
        var header = PerRecipientHeaders.Header.builder().name("X-A").value("1\r\nX-B: 2").build();
        mail.addSpecificHeaderForRecipient(header, TestMail.address("ann@example.org"));
        var spool = new InMemorySpool();
        try (var forms = new NewForms(spool, 3)) {
            var message = mail.content().orElseThrow();
            assertThat(forms.number(message, mail.headersFor(TestMail.address("ann@example.org")), "")).isEqualTo(3);
            assertThat(forms.number(message, mail.headersFor(TestMail.address("bob@example.org")), "")).isEqualTo(4);
            assertThat(forms.number(message, List.of(), "")).isEqualTo(4);
            assertThat(TestMail.text(forms.made().getFirst().content()))
                .isEqualTo("X-A: 1 X-B: 2\r\n" + TestMail.MESSAGE);
            assertThat(TestMail.text(forms.made().getLast().content())).isEqualTo(TestMail.MESSAGE);
        }
    }

    @Test void attributesGoToTextAndBack() throws Exception {
        var attributes = List.of(new Attribute(AttributeName.of("text"), AttributeValue.of("a\"b\n")),
            new Attribute(AttributeName.of("number"), AttributeValue.of(7L)),
            new Attribute(AttributeName.of("list"), AttributeValue.of(List.of(AttributeValue.of("x")))),
            new Attribute(AttributeName.of("maybe"), AttributeValue.of(Optional.of(AttributeValue.of(true)))));
        var text = AttributesText.write(attributes);
        assertThat(AttributesText.read(text)).containsExactlyInAnyOrderElementsOf(attributes);
        assertThat(AttributesText.write(AttributesText.read(text))).isEqualTo(text);
        assertThat(AttributesText.write(List.of())).isEmpty();
        assertThat(AttributesText.read("")).isEmpty();
    }

    /** A matcher that answers null. */
    public static final class NamesNull extends GenericMatcher {
        @Override public Collection<MailAddress> match(Mail mail) {
            return null;
        }
    }

    /** A matcher that names somebody else. */
    public static final class NamesStranger extends GenericMatcher {
        @Override public Collection<MailAddress> match(Mail mail) {
            return List.of(TestMail.address("stranger@example.net"));
        }
    }

    /** A mailet that leaves the first recipient only. */
    public static final class KeepsOne extends GenericMailet {
        @Override public void service(Mail mail) {
            mail.setRecipients(List.of(mail.getRecipients().iterator().next()));
        }
    }

    /** A mailet that sends everything to bob. */
    public static final class Redirects extends GenericMailet {
        @Override public void service(Mail mail) throws MessagingException {
            mail.setRecipients(List.of(new MailAddress("bob@example.org")));
        }
    }
}
