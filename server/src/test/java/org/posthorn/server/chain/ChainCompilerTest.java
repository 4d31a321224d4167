package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMailet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.posthorn.server.config.Problems;

class ChainCompilerTest {

    private final Workshop workshop = new Workshop();

    static Stream<Arguments> mistakes() {
        return Stream.of(
            wrong("<mailet class='Fantasy'/>", "there is no mailet 'Fantasy'"),
            wrong("<mailet match='Fantasy=x' class='Null'/>", "there is no matcher 'Fantasy'"),
            wrong("<mailet class='org.apache.james.transport.matchers.All'/>", "All is no Mailet"),
            wrong("<mailet match='org.apache.james.transport.mailets.Null' class='Null'/>", "Null is no Matcher"),
            wrong("<mailet/>", "<mailet> needs class=\"...\""),
            wrong("<mailet match='All' notmatch='All' class='Null'/>", "match and notmatch stand together"),
            wrong("<mailet class='Reject'><reply>maybe</reply></mailet>", "must be a reply like '550 5.7.1 Text'"),
            wrong("<mailet class='Reject'><reply>450 4.7.1 Later</reply></mailet>", "must be a reply like"),
            wrong("<mailet class='Reject'><answer>550 no</answer></mailet>",
                "Reject has no parameter 'answer'; it knows reply"),
            wrong("<mailet class='Reject' retry='550 no'/>", "Reject has no parameter 'retry'"),
            wrong("<mailet class='Discard'><why>x</why></mailet>", "it takes none"),
            wrong("<mailet class='Null' colour='red'/>", "Null does not look at a parameter 'colour'; it takes none"),
            wrong("<mailet class='SetMimeHeader'><name>a</name><value>b</value><text>c</text></mailet>"
                + "<mailet class='Null'/>", "does not look at a parameter 'text'; it looks at name, value"),
            wrong("<mailet class='Reject'><reply>550 5.7.1 No<b/></reply></mailet>", "holds text only"),
            wrong("<mailet class='ToProcessor'><processor>nowhere</processor></mailet>",
                "there is no processor 'nowhere'; there are error, rcpt, root"),
            wrong("<mailet class='OnlyText'><NoTextProcessor>nowhere</NoTextProcessor></mailet><mailet class='Null'/>",
                "there is no processor 'nowhere'; there are error, rcpt, root"),
            wrong("<mailet class='RecipientRewriteTable'><errorProcessor>nowhere</errorProcessor></mailet>"
                + "<mailet class='Null'/>", "there is no processor 'nowhere'; there are error, rcpt, root"),
            wrong("<mailet class='Null' onMailetException='nowhere'/>", "there is no processor 'nowhere'"),
            wrong("<mailet class='Null' onMatchException='nowhere'/>", "there is no processor 'nowhere'"),
            wrong("<mailet class='ToProcessor'/>", "mailet ToProcessor cannot start"),
            wrong("<mailet match='RemoteAddrInNetwork=10.0.0.0/99' class='Null'/>", "expected an address or a range"),
            wrong("<mailet match='SizeGreaterThan=big' class='Null'/>", "cannot start"),
            wrong("<mailet class='Accept'/>", "Accept answers a waiting client"),
            wrong("<mailet class='Disconnect'/>", "Disconnect answers a waiting client"),
            wrong("<mailet class='Delay'><for>1 s</for></mailet><mailet class='Null'/>",
                "Delay answers a waiting client"),
            wrong("<mailet class='Hold'><name>a b</name></mailet><mailet class='Null'/>", "letters, digits and dashes"),
            wrong("<mailet class='RemoteDelivery'><gateway>a, b</gateway></mailet>", "must be one host or host:port"),
            wrong("<matcher match='All'/><mailet class='Null'/>", "<matcher> needs name=\"...\""),
            wrong("<matcher name='x' match='And'/><mailet class='Null'/>", "And needs <matcher> elements"),
            wrong("<filter/><mailet class='Null'/>", "<processor> has no element <filter>"),
            wrong("<mailet match='RecipientIsLocal' class='LocalDelivery'/>", "a mail can come to the end"),
            wrong("<mailet notmatch='All' class='Null'/>", "a mail can come to the end"),
            wrong("<mailet class='Hold'/>", "a mail can come to the end"),
            wrong("<mailet class='Null' onMailetException='ignore'/>", "a mail can come to the end"),
            wrong("<mailet class='SetMimeHeader'><name>a</name><value>b</value></mailet>",
                "a mail can come to the end"),
            wrong("", "a mail can come to the end"));
    }

    private static Arguments wrong(String steps, String problem) {
        return Arguments.of(steps, problem);
    }

    @ParameterizedTest @MethodSource("mistakes")
    void everyMistakeIsToldWithItsLine(String steps, String problem) {
        var problems = workshop.problems(Workshop.file("<processor state=\"root\">" + steps + "</processor>"));
        assertThat(problems).singleElement().asString().startsWith("processors.xml:2: ").contains(problem);
    }

    @Test void allMistakesAreToldAtOnce() {
        assertThat(workshop.problems("""
            <processors>
              <processor state="rcpt">
                <mailet class="LocalDelivery"/>
                <mailet class="Discard" colour="red"/>
              </processor>
              <processor state="connect">
                <mailet class="Discard"/>
              </processor>
              <processor state="root">
                <mailet class="Accept"/>
                <mailet class="Nothing"/>
              </processor>
              <processor state="root">
                <mailet class="ToProcessor">
                  <processor>round</processor>
                </mailet>
              </processor>
              <processor>
                <mailet class="Null"/>
              </processor>
              <processor state="ghost">
                <mailet class="Null"/>
              </processor>
              <include file="more.xml"/>
            </processors>
            """)).extracting(problem -> problem.replaceAll("(processors.xml:[0-9]+: .{0,40}).*", "$1")).containsExactly(
                "processors.xml:1: there is no <processor state='error'>; m",
                "processors.xml:3: LocalDelivery has no meaning at rcpt, an",
                "processors.xml:4: Discard has no parameter 'colour'; it ta",
                "processors.xml:7: Discard has no meaning at connect, and p",
                "processors.xml:10: Accept answers a waiting client; in proc",
                "processors.xml:11: there is no mailet 'Nothing': not in org",
                "processors.xml:13: there is a processor 'root' already; put",
                "processors.xml:18: <processor> needs state=\"...\"",
                "processors.xml:21: 'ghost' is the end of a mail; a processo",
                "processors.xml:24: <processors> has no element <include>; i");
    }

    @Test void withoutRcptOrRootThereIsNoPolicy() {
        assertThat(workshop.problems("<processors/>")).hasSize(3)
            .anySatisfy(problem -> assertThat(problem).contains("without it strangers could relay"))
            .anySatisfy(problem -> assertThat(problem).contains("every accepted mail begins there"));
    }

    @Test void whatIsReachedFromRcptIsAskedThere() {
        assertThat(workshop.problems(Workshop.file("""
            <processor state="rcpt">
              <mailet match="HostIsLocal" class="ToProcessor"><processor>more</processor></mailet>
            </processor>
            <processor state="more">
              <mailet match="SenderIsNull" class="LocalDelivery"/>
            </processor>"""))).singleElement().asString()
            .isEqualTo("processors.xml:6: LocalDelivery has no meaning at rcpt, and processor 'more' is run there");
    }

    @Test void inSessionAMailMayComeToTheEnd() {
        assertThat(workshop.problems(Workshop.file("""
            <processor state="rcpt"><mailet match="SenderIsNull" class="Reject"/></processor>
            <processor state="data">
              <mailet match="SenderIsNull" class="ToProcessor"><processor>more</processor></mailet>
            </processor>
            <processor state="more"/>"""))).isEmpty();
    }

    @Test void circlesWithoutAWayOutAreToldAndOthersAllowed() {
        assertThat(workshop.problems(Workshop.file("""
            <processor state="root"><mailet class="ToProcessor"><processor>a</processor></mailet></processor>
            <processor state="a"><mailet class="ToProcessor"><processor>b</processor></mailet></processor>
            <processor state="b"><mailet class="ToProcessor"><processor>a</processor></mailet></processor>""")))
            .hasSize(3).allSatisfy(problem -> assertThat(problem).contains("mails go in circles"));
        assertThat(workshop.problems(Workshop.file("""
            <processor state="root"><mailet class="ToProcessor"><processor>a</processor></mailet></processor>
            <processor state="a"><mailet match="SenderIsNull" class="Null"/>
              <mailet class="ToProcessor"><processor>root</processor></mailet></processor>"""))).isEmpty();
    }

    @Test void jamessWrappingIsRead() {
        var problems = new Problems();
        assertThat(workshop.compile("""
            <mailetcontainer enableJmx="false">
              <context><postmaster>postmaster</postmaster></context>
              <processors>
                <processor state="rcpt" enableJmx="false"/>
                <processor state="root"><mailet match="All" class="Null"/></processor>
                <processor state="error" enableJmx="false"><mailet match="All" class="Null"/></processor>
              </processors>
            </mailetcontainer>""", problems)).isPresent();
        assertThat(problems.all()).isEmpty();
    }

    @Test void mailetsAreStartedOnceAndEndedOnce() {
        Counted.CALLS.clear();
        var chain = workshop.chain("""
            <processor state="root">
              <matcher name="both" match="Or"><matcher match="All"/></matcher>
              <mailet match="both" class="%s"/><mailet match="both" class="Null"/><mailet class="Null"/>
            </processor>""".formatted(Counted.class.getName()));
        chain.run("root", TestMail.to("ann@example.org"));
        chain.destroy();
        assertThat(Counted.CALLS).containsExactly("init", "service", "destroy");
    }

    @Test void whatWasStartedIsEndedWhenTheFileIsWrong() {
        Counted.CALLS.clear();
        workshop.problems(Workshop.file("<processor state=\"root\"><mailet class=\"" + Counted.class.getName()
            + "\"/><mailet class=\"Fantasy\"/></processor>"));
        assertThat(Counted.CALLS).containsExactly("init", "destroy");
    }

    @Test void parametersAreElementsAndAttributesAndRepeatedOnesAreJoined() {
        Counted.CALLS.clear();
        workshop.chain("<processor state=\"root\"><mailet class=\"" + Counted.class.getName()
            + "\" one=\"1\"><two> 2 </two><three>a</three><three>b</three></mailet>"
            + "<mailet class=\"Null\"/></processor>");
        assertThat(Counted.last).containsExactly("one=1", "three=a,b", "two=2");
    }

    /** Counts its life. */
    public static final class Counted extends GenericMailet {
        static final List<String> CALLS = new ArrayList<>();
        static List<String> last = List.of();

        @Override public void init() throws MessagingException {
            CALLS.add("init");
            var all = new ArrayList<String>();
            getInitParameterNames().forEachRemaining(name -> all.add(name + "=" + getInitParameter(name)));
            last = all.stream().sorted().toList();
        }

        @Override public void service(Mail mail) {
            CALLS.add("service");
        }

        @Override public void destroy() {
            CALLS.add("destroy");
        }
    }
}
