package org.posthorn.mailets.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LmtpTargetTest {

    @ParameterizedTest @CsvSource({
        "store.example:2424, store.example:2424", "STORE.example:1, store.example:1",
        "192.0.2.1:65535, 192.0.2.1:65535", "[2001:DB8::1]:24, [2001:db8::1]:24", "[IPv6:::1]:24, [::1]:24",
        "[192.0.2.1]:24, 192.0.2.1:24", "unix:/run/dovecot/lmtp, unix:/run/dovecot/lmtp",
        "unix:/run/a b, unix:/run/a b"})
    void targetsAreWrittenInOneWay(String text, String written) {
        assertThat(LmtpTarget.parse(text)).hasToString(written);
    }

    @ParameterizedTest @ValueSource(strings = {
        "", ":", ":24", "store.example", "store.example:", "store.example:0", "store.example:65536",
        "store.example:25", "[::1]:25", "store.example:+24", "store.example:024x", "::1:24", "[::1]", "[]:24",
        "a b:24", "a,b:24", "unix:",
        "unix:lmtp", "unix:/", "unix:/run/", "unix:/a\nb", "Unix:/run/lmtp"})
    void whatIsNoTargetIsRefused(String text) {
        assertThatThrownBy(() -> LmtpTarget.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test void theForbiddenPortIsNamed() {
        assertThatThrownBy(() -> LmtpTarget.parse("store.example:25")).hasMessageContaining("RFC 2033");
    }

    @Test void noTextBreaksIt() {
        var random = new Random(2033);
        for (var round = 0; round < 20_000; round++) {
            var text = new StringBuilder(random.nextBoolean() ? "unix:" : "");
            for (var i = random.nextInt(12); i > 0; i--) {
                text.append("0123abx.:/[]-% \n".charAt(random.nextInt(16)));
            }
            try {
                var target = LmtpTarget.parse(text.toString());
                assertThat(LmtpTarget.parse(target.toString())).isEqualTo(target);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).matches("(expected|LMTP must).*");
            }
        }
    }
}
