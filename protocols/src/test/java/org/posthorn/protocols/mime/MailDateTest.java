package org.posthorn.protocols.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MailDateTest {

    @Test void theZoneIsANumberAndTheDayHasNoZero() {
        assertThat(MailDate.of(Instant.parse("2026-11-07T09:05:00Z"))).isEqualTo("Sat, 7 Nov 2026 09:05:00 +0000");
    }

    @Test void everyDateIsReadAsWhatItWas() {
        var random = new Random(9);
        for (var i = 0; i < 1000; i++) {
            var when = Instant.ofEpochSecond(random.nextLong(4_000_000_000L));
            assertThat(DateTimeFormatter.RFC_1123_DATE_TIME.parse(MailDate.of(when), Instant::from)).isEqualTo(when);
        }
    }
}
