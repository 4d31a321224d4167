package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.posthorn.server.chain.Workshop.told;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMailet;
import org.apache.mailet.base.GenericMatcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.mailets.port.Stage;

class FailingStepsTest {

    private static final String THROWS = Throws.class.getName();
    private static final String MATCH_THROWS = MatchThrows.class.getName();

    private final Workshop workshop = new Workshop();

    @ParameterizedTest @CsvSource({
        "'', Held error#1", "error, Held error#1", "ignore, Routed root#2", "propagate, Broken root#1",
        "spare, Discarded spare#1"})
    void onMailetExceptionDecides(String written, String fate) {
        assertThat(run("<mailet match='All' class='" + THROWS + "'>" + element("onMailetException", written)
            + "</mailet>")).containsExactly("ann@example.org " + fate);
    }

    @ParameterizedTest @CsvSource({
        "'', Held error#1", "error, Held error#1", "nomatch, Routed root#2", "matchall, Discarded root#1",
        "propagate, Broken root#1", "spare, Discarded spare#1"})
    void onMatchExceptionDecides(String written, String fate) {
        assertThat(run("<mailet match='" + MATCH_THROWS + "' class='Discard'>" + element("onMatchException", written)
            + "</mailet>")).containsExactly("ann@example.org " + fate);
    }

    @Test void itMayBeAnAttributeToo() {
        assertThat(run("<mailet match='All' class='" + THROWS + "' onMailetException='ignore'/>"))
            .containsExactly("ann@example.org Routed root#2");
    }

    @Test void notOnlyExceptionsAreCaught() {
        assertThat(run("<mailet match='All' class='" + Missing.class.getName() + "'/>"))
            .containsExactly("ann@example.org Held error#1");
    }

    @Test void anExceptionInTheErrorProcessorDoesNotLoop() {
        var chain = workshop.chain("""
            <processor state="root"><mailet class="%s"/><mailet class="LocalDelivery"/></processor>
            <processor state="error"><mailet class="%s"/><mailet class="Discard"/></processor>"""
            .formatted(THROWS, THROWS));
        assertThat(told(chain.run("root", TestMail.to("ann@example.org"))))
            .containsExactly("ann@example.org Broken error#1");
    }

    @Test void theErrorIsNotedOnTheMail() {
        var mail = TestMail.to("ann@example.org");
        chain("<mailet match='All' class='" + THROWS + "'/>").run("root", mail);
        assertThat(mail.getErrorMessage()).contains("root#1").contains("out of order");
        assertThat(mail.getAttribute(Mail.MAILET_ERROR)).isPresent();
        assertThat(mail.attributesText()).isEmpty();   // an exception is not kept
    }

    @Test void whileAClientWaitsAnErrorIsAFault() {
        var chain = workshop.chain("""
            <processor state="rcpt"><mailet match="%s" class="Reject"/></processor>""".formatted(MATCH_THROWS));
        assertThat(told(chain.run("rcpt", TestMail.at(Stage.RCPT, Optional.empty(), "ann@example.org"))))
            .containsExactly("ann@example.org Broken rcpt#1");
    }

    @Test void aStepThatNeedsTheMessageFailsAtRcpt() {
        var chain = workshop.chain("""
            <processor state="rcpt"><mailet match="SubjectIs=x" class="Reject"/></processor>""");
        var ending = chain.run("rcpt", TestMail.at(Stage.RCPT, Optional.empty(), "ann@example.org")).getFirst();
        assertThat(ending.fate()).isInstanceOf(Fate.Broken.class);
        assertThat(((Fate.Broken) ending.fate()).cause()).hasMessageContaining("there is no message yet");
    }

    @Test void aMailThatGoesInCirclesIsAFault() {
        var chain = workshop.chain("""
            <processor state="root">
              <mailet match="RecipientIs=ann@example.org" class="ToProcessor"><processor>back</processor></mailet>
              <mailet class="LocalDelivery"/>
            </processor>
            <processor state="back"><mailet class="ToProcessor"><processor>root</processor></mailet></processor>""");
        assertThat(chain.run("root", TestMail.to("ann@example.org")).getFirst().fate())
            .isInstanceOfSatisfying(Fate.Broken.class, broken ->
                assertThat(broken.cause()).hasMessageContaining("more than 100 times"));
    }

    @Test void aStateThatIsNoProcessorIsAFault() {
        var chain = chain("<mailet match='All' class='" + Lost.class.getName() + "'/>");
        assertThat(told(chain.run("root", TestMail.to("ann@example.org"))))
            .containsExactly("ann@example.org Broken root#1");
    }

    @Test void aBrokenDirectoryIsNeverTakenForUnknown() {
        var chain = workshop.chain("""
            <processor state="rcpt"><mailet notmatch="RecipientIsKnown" class="Reject"/></processor>""");
        workshop.breakDirectory();
        assertThat(told(chain.run("rcpt", TestMail.at(Stage.RCPT, Optional.empty(), "ann@example.org"))))
            .containsExactly("ann@example.org Broken rcpt#1");
    }

    private List<String> run(String step) {
        return told(chain(step).run("root", TestMail.to("ann@example.org")));
    }

    private Chain chain(String step) {
        return workshop.chain("""
            <processor state="root">%s<mailet match="All" class="LocalDelivery"/></processor>
            <processor state="spare"><mailet match="All" class="Discard"/></processor>
            <processor state="error"><mailet match="All" class="Hold"/><mailet class="Discard"/></processor>"""
            .formatted(step));
    }

    private static String element(String name, String value) {
        return value.isEmpty() ? "" : "<" + name + ">" + value + "</" + name + ">";
    }

    /** Always out of order. */
    public static final class Throws extends GenericMailet {
        @Override public void service(Mail mail) {
            throw new IllegalStateException("out of order");
        }
    }

    /** A mailet whose library is missing. */
    public static final class Missing extends GenericMailet {
        @Override public void service(Mail mail) {
            throw new NoClassDefFoundError("com/example/Library");
        }
    }

    /** Sends mails nowhere. */
    public static final class Lost extends GenericMailet {
        @Override public void service(Mail mail) {
            mail.setState("nowhere");
        }
    }

    /** Always out of order. */
    public static final class MatchThrows extends GenericMatcher {
        @Override public Collection<MailAddress> match(Mail mail) {
            throw new IllegalStateException("out of order");
        }
    }
}
