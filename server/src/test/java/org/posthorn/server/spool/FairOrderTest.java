package org.posthorn.server.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.MailParameters;

class FairOrderTest {

    private final FairOrder order = new FairOrder();

    private record Waiting(String flow, long place) {
    }

    private final List<Waiting> waiting = new ArrayList<>();

    private void come(String flow, int weight) {
        waiting.add(new Waiting(flow, order.place(flow, weight)));
    }

    private String next() {
        var next = waiting.stream().reduce((a, b) -> b.place() < a.place() ? b : a).orElseThrow();
        waiting.remove(next);
        order.served(next.place());
        return next.flow();
    }

    @Test void whoComesLaterWaitsForOneOfEachOther() {
        for (var i = 0; i < 1000; i++) {
            come("long", 1);
        }
        assertThat(next()).isEqualTo("long");
        come("short", 1);
        assertThat(List.of(next(), next(), next())).contains("short");
    }

    @Test void eachGetsAsMuchWhateverThePieces() {
        for (var i = 0; i < 100; i++) {
            come("large pieces", 10);
        }
        for (var i = 0; i < 1000; i++) {
            come("small pieces", 1);
        }
        var large = 0;
        for (var i = 0; i < 550; i++) {
            large += next().equals("large pieces") ? 1 : 0;
        }
        assertThat(large).isBetween(49, 51);
    }

    @Test void whoHadNothingForLongHasSavedNothing() {
        come("idle", 1);
        assertThat(next()).isEqualTo("idle");
        for (var i = 0; i < 100; i++) {
            come("busy", 1);
            next();
        }
        come("busy", 1);
        come("idle", 1);
        come("idle", 1);
        come("busy", 1);
        assertThat(List.of(next(), next())).containsExactlyInAnyOrder("busy", "idle");
    }

    @Test void nobodyWaitsForeverWhileNewOnesCome() {
        come("old", 1);
        next();
        come("old", 1);
        for (var i = 0; i < 3; i++) {
            come("new " + i, 1);
        }
        var served = new ArrayList<String>();
        for (var i = 3; i < 20; i++) {
            served.add(next());
            come("new " + i, 1);
        }
        assertThat(served.indexOf("old")).isBetween(0, 4);
    }

    @Test void flowsThatHaveNothingLeftAreForgotten() {
        var random = new Random(3);
        for (var i = 0; i < 100_000; i++) {
            come("flow " + i, 1 + random.nextInt(3));
            next();
        }
        assertThat(order.known()).isLessThan(2100);
    }

    @ParameterizedTest @CsvSource({
        "ann, ann", "news+bob=example.net, news", "news-7-bob=example.net, news", "bounce=x, bounce", "+odd, +odd",
    })
    void aSenderForEachRecipientIsOneFlow(String localPart, String name) {
        var origin = new Origin(ReversePath.of(new Mailbox(localPart, "example.org")), MailParameters.NONE,
            Instant.EPOCH, "smtp", "192.0.2.7", "", "");
        assertThat(origin.flow()).isEqualTo("192.0.2.7 " + name + "@example.org");
    }

    @Test void usersAreFlowsWhereverTheyAre() {
        var origin = new Origin(ReversePath.none(), MailParameters.NONE, Instant.EPOCH, "submission", "192.0.2.7", "",
            "ann@example.org");
        assertThat(origin.flow()).isEqualTo("ann@example.org");
    }
}
