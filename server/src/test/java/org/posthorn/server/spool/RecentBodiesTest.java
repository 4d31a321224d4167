package org.posthorn.server.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RecentBodiesTest {

    private final RecentBodies recent = new RecentBodies(10);

    private static Slice.Body body(long offset, int length) {
        return new Slice.Body(new Slice.File(Slice.Kind.SEGMENT, 1), offset, length, 7);
    }

    private String text(Slice slice) throws IOException {
        try (var in = recent.open(slice).orElseThrow()) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test void aSliceOfABodyInASharedArrayIsGiven() throws IOException {
        recent.add(body(100, 4), octets("..abcd.."), 2);
        assertThat(text(Slice.all(body(100, 4)))).isEqualTo("abcd");
        assertThat(text(new Slice(body(100, 4), 1, 2))).isEqualTo("bc");
    }

    @Test void theOldestGoWhenThereAreTooMany() {
        recent.add(body(0, 4), octets("aaaa"), 0);
        recent.add(body(4, 6), octets("bbbbbb"), 0);
        assertThat(recent.open(Slice.all(body(0, 4)))).as("ten octets fit").isPresent();
        recent.add(body(10, 1), octets("c"), 0);
        assertThat(recent.open(Slice.all(body(0, 4)))).isEmpty();
        assertThat(recent.open(Slice.all(body(4, 6)))).isPresent();
        assertThat(recent.open(Slice.all(body(10, 1)))).isPresent();
    }

    @Test void oneThatIsTooLargeIsNotKeptAndPushesNobodyOut() {
        recent.add(body(0, 10), octets("aaaaaaaaaa"), 0);
        recent.add(body(10, 11), octets("bbbbbbbbbbb"), 0);
        assertThat(recent.open(Slice.all(body(10, 11)))).isEmpty();
        assertThat(recent.open(Slice.all(body(0, 10)))).isPresent();
    }

    /** Same place, other octets: a number of a segment that was used again would be told apart. */
    @Test void anotherChecksumIsAnotherBody() {
        recent.add(body(0, 4), octets("aaaa"), 0);
        assertThat(recent.open(Slice.all(new Slice.Body(new Slice.File(Slice.Kind.SEGMENT, 1), 0, 4, 8)))).isEmpty();
        assertThat(recent.open(Slice.all(new Slice.Body(new Slice.File(Slice.Kind.SEGMENT, 2), 0, 4, 7)))).isEmpty();
    }
}
