package org.posthorn.mailets.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {

    @ParameterizedTest @CsvSource({
        "192.0.2.0/24, 192.0.2.0, true", "192.0.2.0/24, 192.0.2.255, true", "192.0.2.0/24, 192.0.3.0, false",
        "192.0.2.0/25, 192.0.2.128, false", "192.0.2.7, 192.0.2.7, true", "192.0.2.7, 192.0.2.6, false",
        "0.0.0.0/0, 255.255.255.255, true", "0.0.0.0/0, 2001:db8::1, false", "::/0, 192.0.2.1, false",
        "2001:db8::/32, 2001:db8:ffff::1, true", "2001:db8::/32, 2001:db9::1, false", "::1, ::1, true",
        "192.0.2.0/24, ::ffff:192.0.2.9, true", "fe80::/10, fe80::1%eth0, true", "192.0.2.0/24, mx.example, false",
        "192.0.2.0/24, '', false", "10.0.0.0/8, 10.1, false"})
    void contains(String network, String address, boolean inside) {
        assertThat(Network.parse(network).contains(address)).isEqualTo(inside);
    }

    @ParameterizedTest @ValueSource(strings = {
        "", "/", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/x", "192.0.2/24", "192.0.2.7/24",
        "2001:db8::/129", "2001:db8::1/32", "mx.example", "mx.example/24", "1", "192.0.2.256", "192.0.2.0/24/24"})
    void whatIsNoRangeIsRefused(String text) {
        assertThatThrownBy(() -> Network.parse(text)).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("'" + text + "'");
    }

    @Test void noTextBreaksIt() {
        var random = new Random(20_261);
        for (var round = 0; round < 20_000; round++) {
            var text = new StringBuilder();
            for (var i = random.nextInt(20); i > 0; i--) {
                text.append("0123456789abf.:/% []-x".charAt(random.nextInt(22)));
            }
            assertThat(Network.parse("192.0.2.0/24").contains(text + "192.0.2.1x")).isFalse();
            try {
                var network = Network.parse(text.toString());
                assertThat(Network.parse(network.toString())).isEqualTo(network);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining(text.toString());
            }
        }
    }
}
