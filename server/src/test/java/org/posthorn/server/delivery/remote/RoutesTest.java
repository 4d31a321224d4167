package org.posthorn.server.delivery.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.client.Credentials;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problems;
import org.posthorn.server.config.SecretFile;

class RoutesTest {

    private static final String ALL = """
        <delivery>
          <smart-host>smart1:25</smart-host>
          <route domain="a.example" to="exact:25"/>
          <route domain=".example" to="below-example:25"/>
          <route domain=".b.example" to="below-b:25"/>
          <route domain=".b.example" from="ann@example.org" to="below-b-ann:25"/>
          <route domain='*' from="Ann@Example.org" to="ann:25"/>
          <route domain='*' from="example.org" to="one:25 two:26"/>
          <route domain='*' from=".example.org" to="deeper:25"/>
          <route domain='*' from="&lt;&gt;" to="reports:25"/>
          <route domain="own.test" to="own.test"/>
          <smart-host>smart2:25</smart-host>
        </delivery>
        """;

    private final Problems problems = new Problems();

    private RemoteConfig read(String xml) {
        return RemoteConfig.read(ConfigFile.read("delivery.xml",
            new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)), "delivery", problems).orElseThrow(),
            Path.of("/srv/posthorn"), "mx.example.org");
    }

    private static Optional<ReversePath> sender(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        var at = text.indexOf('@');
        return Optional.of(at < 0 ? ReversePath.none()
            : ReversePath.of(new Mailbox(text.substring(0, at), text.substring(at + 1))));
    }

    private static String names(Iterable<Relay> relays) {
        return StreamSupport.stream(relays.spliterator(), false).map(Relay::toString)
            .collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @CsvSource({
        "a.example, ann@example.org, [exact]:25", "a.example, '', [exact]:25",
        "x.a.example, '', [below-example]:25", "x.b.example, '', [below-b]:25", "b.example, '', [below-example]:25",
        "x.y.b.example, bob@example.org, [below-b]:25", "x.b.example, ann@example.org, [below-b-ann]:25",
        "example, '', [smart1]:25 [smart2]:25", "badexample, '', [smart1]:25 [smart2]:25",
        "d.test, ANN@example.org, [ann]:25", "d.test, bob@example.org, [one]:25 [two]:26",
        "d.test, bob@x.example.org, [deeper]:25", "d.test, bob@x.y.example.org, [deeper]:25",
        "d.test, <>, [reports]:25", "d.test, bob@other.org, [smart1]:25 [smart2]:25",
        "own.test, bob@other.org, own.test", "[192.0.2.1], bob@other.org, [192.0.2.1]"})
    void theRecipientDecidesFirstAndTheNarrowestRouteWins(String domain, String from, String relays) {
        var config = read(ALL);
        assertThat(problems.all()).isEmpty();
        assertThat(names(config.resolve(NextHop.parse(domain), sender(from)))).isEqualTo(relays);
    }

    @Test void aQueueIsWhatIsReallyReached() {
        var hops = new NextHops(read(ALL));
        assertThat(hops.of("d.test").name()).isEqualTo("[smart1]:25, [smart2]:25");
        assertThat(hops.of("d.test", sender("bob@example.org").orElseThrow()).name()).isEqualTo("[one]:25, [two]:26");
        assertThat(hops.all("d.test")).contains("[smart1]:25, [smart2]:25", "[one]:25, [two]:26", "[ann]:25");
        assertThat(new NextHops(read("<delivery/>")).all("d.test")).containsExactly("d.test");
    }

    @Test void twoLoginsHaveTwoQueues() {
        var hops = new NextHops(read("""
            <delivery>
              <route domain='*' from="ann@example.org" to="relay:587" user="ann"/>
              <route domain='*' from="bob@example.org" to="relay:587" user="bob"/>
            </delivery>
            """));
        assertThat(hops.of("d.test", sender("ann@example.org").orElseThrow()).name()).isEqualTo("[relay]:587 as ann");
        assertThat(hops.of("d.test", sender("bob@example.org").orElseThrow()).name()).isEqualTo("[relay]:587 as bob");
        assertThat(problems.all()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"relay:25, , , OPPORTUNISTIC", "relay:25, , ann, REQUIRED", "relay:465, , , IMPLICIT",
        "relay:465, , ann, IMPLICIT", "relay:465, required, ann, REQUIRED", "relay:25, implicit, , IMPLICIT",
        "relay:25, never, , NEVER",
        "_submissions._tcp.isp.example, , ann, IMPLICIT", "_submission._tcp.isp.example, , ann, REQUIRED"})
    void whereAPasswordGoesThereIsTls(String to, String tls, String user, Security security) {
        var attributes = (tls == null ? "" : " tls='" + tls + "'") + (user == null ? "" : " user='" + user + "'");
        var config = read("<delivery><smart-host" + attributes + ">" + to + "</smart-host></delivery>");
        assertThat(problems.all()).isEmpty();
        assertThat(config.routes().smartHosts()).singleElement()
            .extracting(relay -> relay.access().security()).isEqualTo(security);
    }

    @Test void eachHostOfARouteHasTheUsualTlsOfItsPort() {
        var relays = read("<delivery><route domain='a.test' to='a:465 b:587 _submissions._tcp.c.test d:25'/>"
            + "</delivery>").resolve(NextHop.parse("a.test"), Optional.empty());
        assertThat(relays).extracting(relay -> relay.access().security()).containsExactly(Security.IMPLICIT,
            Security.OPPORTUNISTIC, Security.IMPLICIT, Security.OPPORTUNISTIC);
        assertThat(read("<delivery><route domain='a.test' to='b:587 a:465' user='ann'/></delivery>")
            .resolve(NextHop.parse("a.test"), Optional.empty())).extracting(relay -> relay.access().security())
            .containsExactly(Security.REQUIRED, Security.IMPLICIT);
        assertThat(problems.all()).isEmpty();
    }

    @Test void aSendersRouteBelowAStoresPatternCountsWhereOthersAreRelayed() {
        read("""
            <delivery>
              <route domain=".b.test" to="lmtp:a:24"/>
              <route domain="a.b.test" to="relay:25"/>
              <route domain="a.b.test" from="c.test" to="other:25"/>
              <route domain="*" from="c.test" to="third:25"/>
            </delivery>
            """);
        assertThat(problems.all()).isEmpty();
    }

    @Test void onlyRoutesThatADomainMayTakeAreItsOwn() {
        var hops = new NextHops(read("""
            <delivery>
              <route domain="a.test" to="a:25"/>
              <route domain=".test" from="c.test" to="below:25"/>
              <route domain="*" from="d.test" to="every:25"/>
              <route domain="other.example" from="c.test" to="other:25"/>
            </delivery>
            """));
        assertThat(hops.all("a.test")).containsExactlyInAnyOrder("[a]:25", "[below]:25", "[every]:25");
        assertThat(hops.all("c.example")).containsExactlyInAnyOrder("c.example", "[every]:25");
        assertThat(hops.all("host.test:25")).containsExactly("[host.test]:25");
        assertThat(hops.all("")).containsExactly("");
    }

    @Test void whatIsSpokenToInAnotherWayHasAQueueOfItsOwn() {
        var hops = new NextHops(read("""
            <delivery>
              <route domain="a.test" to="h:25"/>
              <route domain="b.test" to="h:25" tls="required"/>
              <route domain="c.test" to="h:25" tls="required" any-certificate="true"/>
              <route domain="d.test" to="h:465"/>
              <route domain="e.test" to="h:465" tls="implicit"/>
              <route domain="f.test" to="h:587" user="ann"/>
              <route domain="g.test" to="h:587" user="ann" tls="implicit"/>
            </delivery>
            """));
        assertThat(List.of("a.test", "b.test", "c.test", "d.test", "e.test", "f.test", "g.test"))
            .extracting(name -> hops.of(name).name()).containsExactly("[h]:25", "[h]:25 (tls required)",
                "[h]:25 (tls required, any certificate)", "[h]:465", "[h]:465", "[h]:587 as ann",
                "[h]:587 as ann (tls implicit)");
    }

    @Test void everyAttributeIsRead() {
        var expected = new Access(Security.NEVER, true, Optional.of(new Login("ann",
            new SecretFile(Path.of("/srv/posthorn/data/x")), Credentials.How.LOGIN, true)));
        var attributes = " user='ann' password-file='data/x' mechanism='login' clear-password='true'"
            + " any-certificate='true' tls='never'";
        var config = read("<delivery><smart-host" + attributes + ">a:1</smart-host><fallback-relay" + attributes
            + ">b:2</fallback-relay><route domain='c.test' to='c:3'" + attributes + "/></delivery>");
        assertThat(problems.all()).isEmpty();
        assertThat(config.routes().smartHosts().getFirst().access()).isEqualTo(expected);
        assertThat(config.routes().fallback().getFirst().access()).isEqualTo(expected);
        assertThat(config.resolve(NextHop.parse("c.test"), Optional.empty()).getFirst().access()).isEqualTo(expected);
    }

    @Test void theFallbackComesAfterTheDomainsOwnExchangersOnly() {
        var config = read("<delivery><fallback-relay>b:2</fallback-relay><route domain='c.test' to='c:3'/></delivery>");
        assertThat(names(config.resolve(NextHop.parse("d.test"), Optional.empty()))).isEqualTo("d.test [b]:2");
        assertThat(names(config.resolve(NextHop.parse("c.test"), Optional.empty()))).isEqualTo("[c]:3");
        assertThat(names(config.resolve(NextHop.parse("[192.0.2.1]:25"), Optional.empty())))
            .isEqualTo("[192.0.2.1]:25");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<route domain='*' to='a:1'/>", "<route domain='' to='a:1'/>",
        "<route domain='.' to='a:1'/>", "<route domain='a@b' to='a:1'/>", "<route domain='*' from='@b' to='a:1'/>",
        "<route domain='*' from='a@' to='a:1'/>", "<route domain='a.test' to='a:1 b:99999'/>",
        "<route domain='a.test' to='lmtp:a:24 b:25'/>", "<route domain='a.test' to='lmtp:a:24' user='ann'/>",
        "<route domain='*' from='a.test' to='lmtp:a:24'/>", "<route domain='a.test' to='lmtp:a:24' tls='required'/>",
        "<route domain='a.test' to='lmtp:a:24' any-certificate='true'/>",
        "<route domain='*' from='a.test' to='isp.example' user='ann'/>",
        "<route domain='a.test' to='b:587 isp.example' user='ann'/>",
        "<route domain='.b.test' to='lmtp:a:24'/><route domain='a.b.test' from='c.test' to='a:2'/>",
        "<route domain='.test' to='lmtp:a:24'/><route domain='.b.test' from='c.test' to='a:2'/>",
        "<smart-host user='ann' tls='never'>a:1</smart-host>",
        "<smart-host tls='maybe'>a:1</smart-host>", "<smart-host user='ann' tls='opportunistic'>a:1</smart-host>",
        "<smart-host>a</smart-host>", "<smart-host/>",
        "<smart-host clear-password='true'>a:1</smart-host>",
        "<smart-host user='ann' mechanism='cram-md5'>a:1</smart-host>",
        "<route domain='*' from='a@b.test' to='a:1'/><route domain='*' from='A@b.test' to='a:2'/>",
        "<route domain='a.test' to='lmtp:a:24'/><route domain='a.test' from='b.test' to='a:2'/>"})
    void aMistakeIsTold(String element) {
        read("<delivery>" + element + "</delivery>");
        assertThat(problems.all()).as(element).hasSize(1);
    }
}
