package org.posthorn.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problem;
import org.posthorn.server.config.Problems;

class ListenersConfigTest {

    @TempDir Path home;

    private List<String> told(String content) {
        var problems = new Problems();
        read(content, problems);
        return problems.all().stream().map(Problem::toString).toList();
    }

    private ListenersConfig read(String content, Problems problems) {
        var xml = "<listeners>\n" + content + "\n</listeners>";
        var section = ConfigFile.read("listeners.xml",
            new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)), "listeners", problems).orElseThrow();
        return ListenersConfig.read(section, home);
    }

    @Test void whoIsBelievedIsSaidForAllSmtpListenersOrForOne() {
        var problems = new Problems();
        var listeners = read("<proxy-from>192.0.2.10</proxy-from>\n<xclient-from>2001:db8::/32</xclient-from>"
            + "<listener name='a'><proxy-from>198.51.100.0/24</proxy-from></listener>"
            + "<listener name='b' protocol='lmtp'><xclient-from>127.0.0.1</xclient-from></listener>", problems)
            .listeners();
        assertThat(problems.all()).isEmpty();
        assertThat(listeners.getFirst().spokesmen()).hasToString(
            "Spokesmen[proxies=[198.51.100.0/24, 192.0.2.10/32], xclients=[2001:db8:0:0:0:0:0:0/32]]");
        assertThat(listeners.getLast().spokesmen()).hasToString("Spokesmen[proxies=[], xclients=[127.0.0.1/32]]");
        var proxies = listeners.getFirst().spokesmen().proxySet();
        assertThat(proxies.contains(InetAddress.ofLiteral("192.0.2.10"))).isTrue();
        assertThat(proxies.contains(InetAddress.ofLiteral("192.0.2.11"))).isFalse();
    }

    @Test void whoIsBelievedIsANetwork() {
        assertThat(told("<listener name='a'/>\n<proxy-from>proxy.example</proxy-from>\n<xclient-from/>"))
            .satisfiesExactly(
                one -> assertThat(one).startsWith("listeners.xml:3: proxy-from: expected an address or a range such"),
                two -> assertThat(two).startsWith("listeners.xml:4: xclient-from: expected an address or a range"));
    }

    @ParameterizedTest @CsvSource({"127.0.0.1, 127.0.0.1", "0.0.0.0, 127.0.0.1", "127.0.0.1, '::'"})
    void aPortIsListenedOnOnce(String one, String other) {
        assertThat(told("<listener name='a' bind='" + one + "' port='2525'/>\n<listener name='b' bind='" + other
            + "' port='2525'/>")).containsExactly(
            "listeners.xml:3: port 2525 is taken by the listener 'a' already; choose another");
    }

    @ParameterizedTest @CsvSource({"127.0.0.1, 2525, 127.0.0.2, 2525", "127.0.0.1, 2525, 127.0.0.1, 2526",
        "127.0.0.1, 0, 127.0.0.1, 0"})
    void otherListenersGetOnTogether(String one, int port, String other, int otherPort) {
        assertThat(told("<listener name='a' bind='" + one + "' port='" + port + "'/>\n<listener name='b' bind='"
            + other + "' port='" + otherPort + "'/>")).isEmpty();
    }

    @Test void aCertificateThatIsNotThereIsNamed() {
        assertThat(told("<tls certificate='tls/cert.pem' key='tls/key.pem'/>\n<listener name='a'/>"))
            .singleElement().asString().startsWith("listeners.xml:2: there is no file " + home)
            .contains("expected the certificate and its key in PEM form");
    }

    @Test void mailIsHandedOutUnderTlsToThoseWhoLogIn() {
        assertThat(told("<listener name='a' protocol='odmr'/>")).singleElement().asString()
            .contains("auth needs tls=");
        assertThat(told("<listener name='a' protocol='odmr' auth='none' etrn='true' replies='queued'/>"))
            .satisfiesExactly(
                one -> assertThat(one).contains("auth=\"none\" is not for protocol=\"odmr\""),
                two -> assertThat(two).contains("replies is for protocol=\"lmtp\""),
                three -> assertThat(three).contains("etrn is for protocol=\"smtp\""));
    }
}
