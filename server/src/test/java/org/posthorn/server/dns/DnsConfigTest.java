package org.posthorn.server.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problems;

class DnsConfigTest {

    private final Problems problems = new Problems();

    private DnsConfig read(String xml) {
        var section = ConfigFile.read("dns.xml", new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)), "dns",
            problems).orElseThrow();
        return DnsConfig.read(section, Path.of("."));
    }

    @Test void anEmptyFileMeansTheSystemsResolvers() {
        assertThat(read("<dns/>")).isEqualTo(new DnsConfig(java.util.List.of(), Duration.ofSeconds(5), 2, 20_000));
        assertThat(problems.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1,192.0.2.1,53", "127.0.0.1:5353,127.0.0.1,5353", "2001:db8::1,2001:db8:0:0:0:0:0:1,53",
        "[2001:db8::1]:99,2001:db8:0:0:0:0:0:1,99", "[2001:db8::1],2001:db8:0:0:0:0:0:1,53"})
    void resolversAreAddressesWithAPort(String written, String address, int port) {
        var resolver = DnsConfig.resolver(written);
        assertThat(resolver.getAddress().getHostAddress()).isEqualTo(address);
        assertThat(resolver.getPort()).isEqualTo(port);
    }

    @Test void allMistakesAreToldTogether() {
        read("<dns>\n<resolver>ns.example.org</resolver>\n<resolver>127.0.0.1:0</resolver>\n<tries>0</tries>\n"
            + "<timeout>0 s</timeout><speed>9</speed></dns>");
        assertThat(problems.all()).extracting(problem -> problem.line()).contains(2, 3, 4, 5);
    }

    @ParameterizedTest
    @EnumSource(Dnssec.class)
    void onlyAResolverOnThisMachineIsBelievedByItself(Dnssec dnssec) {
        assertThat(dnssec.trusts(DnsConfig.resolver("192.0.2.53"))).isEqualTo(
            dnssec == Dnssec.AD || dnssec == Dnssec.VALIDATE);
        assertThat(dnssec.trusts(DnsConfig.resolver("[::1]:5353"))).isEqualTo(dnssec != Dnssec.OFF);
    }
}
