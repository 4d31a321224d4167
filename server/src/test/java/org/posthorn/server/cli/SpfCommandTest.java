package org.posthorn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.server.dns.TestNameServer;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

class SpfCommandTest {

    @TempDir private Path folder;
    private TestNameServer server;

    @BeforeEach void open() throws IOException {
        server = new TestNameServer((_, query, response) -> {
            if (query.getQuestion().getType() == Type.TXT) {
                response.addRecord(new TXTRecord(query.getQuestion().getName(), DClass.IN, 60,
                    "v=spf1 ip4:198.51.100.0/24 -all"), Section.ANSWER);
            }
            return true;
        });
    }

    @AfterEach void close() throws IOException {
        server.close();
    }

    private Invocation spf(String... words) {
        return Invocation.of("", java.util.stream.Stream.concat(List.of("spf").stream(),
            List.of(words).stream()).toList());
    }

    private String dns() {
        return "127.0.0.1:" + server.address().getPort();
    }

    @Test void aCheckIsShownStepByStep() {
        assertThat(spf("192.0.2.1", "client.example", "bob@far.example", "--dns", dns(), "--home",
            folder.resolve("none").toString())).isEqualTo(new Invocation(0, """
            SPF of 192.0.2.1 for bob@far.example (mailfrom)
              far.example TXT "v=spf1 ip4:198.51.100.0/24 -all"
              ip4:198.51.100.0/24: no match
              all: match
              = fail (all)
              DNS lookups 0 of 10, without an answer 0 of 2

            result       fail
            decided by   all

            Authentication-Results: localhost;
            \tspf=fail
            \tsmtp.mailfrom=bob@far.example
            Received-SPF: fail (localhost: far.example does not let 192.0.2.1 send for it)
            \treceiver=localhost;
            \tidentity=mailfrom;
            \tclient-ip=192.0.2.1;
            \tenvelope-from="bob@far.example";
            \thelo=client.example;
            \tmechanism=all
            """, ""));
    }

    @Test void theHomesResolverAndNameAreUsed() throws IOException {
        var conf = Files.createDirectories(folder.resolve("home/conf"));
        Files.writeString(conf.resolve("server.xml"), "<server><hostname>mx.example.org</hostname></server>");
        Files.writeString(conf.resolve("dns.xml"), "<dns><resolver>" + dns() + "</resolver></dns>");
        Files.writeString(conf.resolve("auth.xml"), "<auth/>");
        assertThat(spf("198.51.100.9", "client.example", "<>", "--home", folder.resolve("home").toString()).out())
            .contains("result       pass", "Authentication-Results: mx.example.org;", "identity=helo");
    }

    @ParameterizedTest @CsvSource({"1.2.3, a, b@c.test, IP: expected an IPv4 or IPv6 address",
        "1, a, b@c.test, IP: expected an IPv4 or IPv6 address", "::g, a, b@c.test, IP: expected",
        "1.2.3.256, a, b@c.test, IP: expected", "192.0.2.1, a b, b@c.test, HELO: expected a host name",
        "192.0.2.1, '', b@c.test, HELO: expected", "192.0.2.1, a, b@, SENDER: expected an address",
        "192.0.2.1, a, '', SENDER: expected", "192.0.2.1, a, b c@d.test, SENDER: expected"})
    void misuseIsToldWithWhatWasExpected(String ip, String helo, String sender, String expected) {
        var done = spf(ip, helo, sender, "--dns", dns(), "--home", folder.resolve("none").toString());
        assertThat(done.err()).contains(expected);
        assertThat(done.code()).isEqualTo(2);
        assertThat(done.out()).isEmpty();
    }

    @Test void whatIsNoAddressIsRefused() {
        assertThat(spf("host.example", "h", "b@example.org").err())
            .contains("IP: expected an IPv4 or IPv6 address such as 192.0.2.1 or 2001:db8::1, found 'host.example'");
        assertThat(spf("192.0.2.1", "h", "b@example.org", "--dns", "ns.example", "--home", folder.toString()).err())
            .contains("--dns: expected ADDRESS or ADDRESS:PORT");
    }
}
