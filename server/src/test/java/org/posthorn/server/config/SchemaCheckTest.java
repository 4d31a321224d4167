package org.posthorn.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is unknown, missing, in the wrong place or there twice is told once, with its line and with advice. */
class SchemaCheckTest {

    static List<String> told(String root, String xml) {
        var problems = new Problems();
        ConfigFile.read(root + ".xml", new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)), root, problems)
            .orElseThrow();
        return problems.all().stream().map(Problem::toString).toList();
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
            Arguments.of("dns", "<dns>\n<timout>5 s</timout></dns>",
                "dns.xml:2: <dns> has no element <timout>; did you mean <timeout>?"),
            Arguments.of("dns", "<dns tries='2'/>",
                "dns.xml:1: <dns> has no attribute 'tries'; it is an element: <tries>...</tries>"),
            Arguments.of("dns", "<dns><speed/></dns>",
                "dns.xml:1: <dns> has no element <speed>; it knows <timeout>, <tries>, <cache-entries>, <dnssec>,"
                    + " <trust-anchors>, <resolver>"),
            Arguments.of("dns", "<dns>\n<tries>1</tries>\n<tries>2</tries>\n<tries>3</tries></dns>",
                "dns.xml:3: <tries> stands a second time in <dns>; keep one"),
            Arguments.of("dns", "<dns>5 s</dns>", "dns.xml:1: <dns> holds no text, but '5 s' stands in it"),
            Arguments.of("dns", "<dns><tries n='1'>2</tries></dns>", "dns.xml:1: <tries> has no attribute 'n'"),
            Arguments.of("dns", "<dns><tries><n>2</n></tries></dns>", "dns.xml:1: <tries> has no element <n>"),
            Arguments.of("server", "<server/>", "server.xml:1: <server> needs <hostname>"),
            Arguments.of("server", "<server><hotsname>a.example</hotsname></server>",
                "server.xml:1: <server> has no element <hotsname>; did you mean <hostname>?"),
            Arguments.of("delivery", "<delivery>\n<route><domain>a.example</domain></route></delivery>",
                "delivery.xml:2: <route> has no element <domain>; it is an attribute: domain=\"...\"\n"
                    + "delivery.xml:2: <route> needs to=\"...\""),
            Arguments.of("delivery", "<delivery>\n<retry/>\n<retry/></delivery>",
                "delivery.xml:3: <retry> stands a second time in <delivery>; keep one"),
            Arguments.of("delivery", "<delivery><bounce-lifetime>5 d</bounce-lifetime></delivery>",
                "delivery.xml:1: <delivery> has no element <bounce-lifetime>; it belongs in <retry>"),
            Arguments.of("listeners", "<listeners/>", "listeners.xml:1: <listeners> needs <listener>"),
            Arguments.of("listeners", "<listeners><listener name='a' protcol='lmtp'/></listeners>",
                "listeners.xml:1: <listener> has no attribute 'protcol'; did you mean protocol=\"...\"?"),
            Arguments.of("processors",
                "<processors><processor state='a'><mailer class='Null'/></processor></processors>",
                "processors.xml:1: <processor> has no element <mailer>; did you mean <mailet>?"));
    }

    @ParameterizedTest @MethodSource("mistakes")
    void aMistakeIsToldOnceWithAdvice(String root, String xml, String expected) {
        assertThat(String.join("\n", told(root, xml))).isEqualTo(expected);
    }

    @Test void orderIsFreeAndWhatEditorsNeedIsAllowed() {
        assertThat(told("delivery", """
            <delivery xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                xsi:noNamespaceSchemaLocation="delivery.xsd">
              <route domain="a.example" to="b.example"/>
              <smart-host>relay.example:25</smart-host>
              <route domain="c.example" to="b.example"/>
              <retry><most>1 h</most><first>1 m</first></retry>
            </delivery>
            """)).isEmpty();
    }

    @Test void mailetsTakeParametersThatNoSchemaKnows() {
        assertThat(told("processors", """
            <processors>
              <processor state="root">
                <mailet class="X" colour="red" onMailetException="ignore"><shade><b>dark</b></shade></mailet>
              </processor>
            </processors>
            """)).isEmpty();
    }

    @Test void schemasThatAFileNamesAreNotFetched() {
        assertThat(told("dns", "<dns xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
            + "xsi:noNamespaceSchemaLocation='http://192.0.2.1/dns.xsd' xsi:schemaLocation='a file:///etc/passwd'/>"))
            .isEmpty();
    }
}
