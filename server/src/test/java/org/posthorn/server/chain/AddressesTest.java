package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;

class AddressesTest {

    @ParameterizedTest @CsvSource(quoteCharacter = '`', value = {
        "ann, example.org", "Ann.B+c, example.org", "a b, example.org", "a\"b, example.org", "a\\b, example.org",
        "a@b, example.org", "!#$%&'*/=?^_{|}~-, example.org", "ann, xn--bcher-kva.example", "ann, localhost",
        "ann, [192.0.2.1]", "ann, [IPv6:2001:db8::1]", "ann, [IPv6:::1]", "ann, [IPv6:2001:db8:1:2:3:4:5:6]",
        "j\u00f6rg, [IPv6:::]", "j\u00f6rg, example.org", "j\u00f6rg.\u9673+x, xn--bcher-kva.example",
        "j\u00f6rg \"x\\, example.org", "\ud83d\ude00, example.org"})
    void anAddressGoesThereAndBack(String localPart, String domain) {
        var mailbox = new Mailbox(localPart, domain);
        assertThat(Addresses.james(mailbox).map(Addresses::mailbox)).contains(mailbox);
    }

    @ParameterizedTest @CsvSource({"'a..b', example.org", "ann, 20010db8000000000000000000000001.ipv6-literal.invalid",
        "ann, 20010DB8000000000000000000000001.IPv6-Literal.Invalid", "ann, x.ipv6-literal.invalid"})
    void anAddressIsNeverAnotherOne(String localPart, String domain) {
        var mailbox = new Mailbox(localPart, domain);
        assertThat(Addresses.james(mailbox).map(Addresses::mailbox).orElse(mailbox)).isEqualTo(mailbox);
    }

    @Test void nobodyIsNobody() {
        assertThat(Addresses.james(ReversePath.none()).map(Addresses::path)).contains(ReversePath.none());
    }
}
