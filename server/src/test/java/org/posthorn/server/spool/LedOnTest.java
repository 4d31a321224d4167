package org.posthorn.server.spool;

import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.posthorn.server.spool.TestMessages.all;
import static org.posthorn.server.spool.TestMessages.localParts;
import static org.posthorn.server.spool.TestMessages.pending;
import static org.posthorn.server.spool.TestMessages.toExampleNet;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.server.database.DatabaseConfig;
import org.posthorn.server.database.DerbyDatabase;

/** What the pipeline led on and the tables do not know yet. */
class LedOnTest {

    @TempDir private Path home;
    private final TestClock clock = new TestClock();
    private DerbyDatabase database;
    private DerbySpool spool;

    @BeforeEach void open() throws IOException {
        database = new DerbyDatabase(DatabaseConfig.of(home), Instant::now);
        database.start();
        start();
    }

    private void start() throws IOException {
        spool = new DerbySpool(new SpoolConfig(home.resolve("data"), 4096, 1024, 20_000, Duration.ofDays(7), 256, 1000,
            Duration.ofSeconds(20), 100), database, new TestDisk(), clock);
        spool.start();
    }

    private void restart() throws IOException {
        spool.stop(Duration.ofSeconds(5));
        start();
    }

    @AfterEach void close() {
        spool.stop(Duration.ofSeconds(5));
        database.stop(ZERO);
    }

    @Test void whatWasLedOnAndNotDeliveredIsLedAgainAfterACrash() throws Exception {
        spool.commit(Change.accept(pending(spool, clock.instant(), "one", "a", "b")));
        var claimed = spool.takePending(ZERO).orElseThrow();
        spool.advance(Change.settle(Settlement.outcomes(claimed.id(),
            all(claimed, toExampleNet(clock.instant(), 0, "")),
            List.of(new Event(clock.instant(), "", "routed", "")))));
        var due = spool.takeDue(9, ZERO).getFirst();
        spool.commit(Change.settle(Settlement.outcomes(due.id(),
            List.of(due.recipients().getFirst().with(new RecipientState.Delivered("250 Ok"))), List.of())));
        restart();
        assertThat(spool.takeDue(9, ZERO)).isEmpty();
        assertThat(localParts(spool.takePending(ZERO).orElseThrow())).containsExactly("b");
        assertThat(spool.history(claimed.id())).extracting(Event::what).containsExactly("received", "routed");
        assertThat(spool.counts()).isEqualTo(new Spool.Counts(1, 0, 0));
    }

    @Test void anOperatorHoldsWhatWasLedOn() throws Exception {
        spool.commit(Change.accept(pending(spool, clock.instant(), "one", "a")));
        var claimed = spool.takePending(ZERO).orElseThrow();
        var to = toExampleNet(clock.instant(), 0, "");
        spool.advance(Change.settle(Settlement.outcomes(claimed.id(), all(claimed, to), List.of())));
        assertThat(spool.move(claimed.id(), recipient ->
            Optional.of(new RecipientState.Held("operator", recipient.state())), "held by hand")).isOne();
        restart();
        assertThat(spool.find(claimed.id()).orElseThrow().recipients().getFirst().state())
            .isEqualTo(new RecipientState.Held("operator", to));
        assertThat(spool.takeDue(9, ZERO)).isEmpty();
    }
}
