package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.mailets.port.NameService;
import org.posthorn.server.dns.ZoneDns;

/** Whether a domain takes mail at all (RFC 5321 section 5.1, RFC 7505). */
class DnsNameServiceTest {

    private final NameService names = new DnsNameService(new ZoneDns().mx("mx.example", 10, "a.example")
        .address("a.example", "192.0.2.1").address("six.example", "2001:db8::1").mx("null.example", 0, "")
        .exists("empty.example").failing("down.example"));

    @ParameterizedTest @CsvSource({"mx.example, YES", "a.example, YES", "six.example, YES", "null.example, NO",
        "empty.example, NO", "gone.example, NO", "down.example, UNKNOWN"})
    void aDomainIsReachedByExchangerOrAddress(String domain, NameService.Reachability reachable) {
        assertThat(names.reachability(domain)).isEqualTo(reachable);
    }

    @Test void blockListsAnswerWithIpv4() {
        assertThat(names.ipv4Addresses("a.example")).isInstanceOf(NameService.Answer.Found.class);
        assertThat(names.ipv4Addresses("six.example")).isInstanceOf(NameService.Answer.None.class);
        assertThat(names.ipv4Addresses("down.example")).isInstanceOf(NameService.Answer.Unknown.class);
    }
}
