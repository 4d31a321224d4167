package org.posthorn.server.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HistoryTextTest {

    private static final Instant AT = Instant.ofEpochMilli(1_700_000_000_123L);

    @Test void whatIsWrittenIsReadBack() {
        var events = List.of(new Event(AT, "a@example.org", "routed", "local by root#3"),
            new Event(AT.plusMillis(1), "", "odd", "tab\tline\nslash\\n end\\"), new Event(AT, "", "", ""));
        assertThat(HistoryText.write(events, 4000)).hasSize(1);
        assertThat(HistoryText.read(HistoryText.write(events, 4000).getFirst())).isEqualTo(events);
    }

    @Test void aThousandEventsAreAFewTextsThatFit() {
        var events = IntStream.range(0, 1000).mapToObj(i -> new Event(AT, "u" + i + "@example.org", "routed", "local"))
            .toList();
        var texts = HistoryText.write(events, 4000);
        assertThat(texts).hasSizeLessThan(20).allMatch(text -> text.length() <= 4000);
        assertThat(texts.stream().flatMap(text -> HistoryText.read(text).stream())).isEqualTo(events);
    }

    @Test void anEventThatIsTooLongIsCutAndStaysReadable() {
        for (var most = 60; most < 64; most++) {
            var text = HistoryText.write(List.of(new Event(AT, "a@b", "said", "\\\ud83d\ude00".repeat(40))), most);
            assertThat(text).hasSize(1);
            assertThat(text.getFirst().length()).isLessThanOrEqualTo(most);
            assertThat(HistoryText.read(text.getFirst()).getFirst().detail()).startsWith("\\\ud83d\ude00")
                .matches("(\\\\\\x{1f600})*\\\\?");
        }
    }

    @Test void anyTextComesBack() {
        var random = new Random(4);
        for (var round = 0; round < 500; round++) {
            var fields = Stream.generate(() -> random.ints(random.nextInt(12), 0, 6)
                .mapToObj(i -> "\t\n\\nt\u00e9".substring(i, i + 1)).reduce("", String::concat)).limit(3).toList();
            var event = new Event(AT, fields.get(0), fields.get(1), fields.get(2));
            assertThat(HistoryText.read(HistoryText.write(List.of(event), 4000).getFirst())).containsExactly(event);
        }
    }
}
