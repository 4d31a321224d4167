package org.posthorn.server.spool;

import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.posthorn.server.spool.TestMessages.all;
import static org.posthorn.server.spool.TestMessages.message;
import static org.posthorn.server.spool.TestMessages.routed;
import static org.posthorn.server.spool.TestMessages.text;
import static org.posthorn.server.spool.TestMessages.toExampleNet;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.server.database.DatabaseConfig;
import org.posthorn.server.database.DerbyDatabase;

/** A table refuses a row of one message: the others go on, and that one is neither lost nor delivered twice. */
class RefusedRowsTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final String REFUSED = "refused by the table";
    @TempDir private static Path databaseHome;
    private static DerbyDatabase database;

    @TempDir private Path home;
    private final TestClock clock = new TestClock();
    private DerbySpool spool;

    @BeforeAll static void openDatabase() throws IOException {
        database = new DerbyDatabase(DatabaseConfig.of(databaseHome), Instant::now);
        database.start();
    }

    @AfterAll static void closeDatabase() {
        database.stop(ZERO);
    }

    @BeforeEach void open() throws IOException {
        TestTables.clear(database);
        execute("ALTER TABLE recipient ADD CONSTRAINT test_refuses CHECK (reply <> '" + REFUSED + "')");
        start();
    }

    @AfterEach void close() {
        spool.stop(LONG);
        if (refuses) {
            mend();
        }
    }

    private boolean refuses = true;

    private void mend() {
        execute("ALTER TABLE recipient DROP CONSTRAINT test_refuses");
        refuses = false;
    }

    private static void execute(String sql) {
        database.transaction(connection -> {
            try (var statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    private void start() throws IOException {
        spool = new DerbySpool(SpoolConfig.of(home), database, Disk.real(), clock);
        spool.start();
    }

    private void restart() throws IOException {
        spool.stop(LONG);
        start();
    }

    @Test void aNewMessageWaitsInTheJournalUntilTheTablesTakeIt() throws Exception {
        var refused = message(spool, clock.instant(), "refused text",
            toExampleNet(clock.instant().plusSeconds(60), 0, REFUSED), "a", "b");
        spool.commit(Change.accept(refused));
        var other = routed(spool, clock.instant(), "other text", "c");
        spool.commit(Change.accept(other));
        for (var round = 0; round < 2; round++) {
            assertThat(spool.list(Optional.empty(), 9)).extracting(SpooledMessage::id)
                .containsExactly(refused.id(), other.id());
            assertThat(spool.list(Optional.of(refused.id()), 9)).hasSize(1);
            assertThat(spool.find(refused.id()).orElseThrow().recipients()).hasSize(2);
            assertThat(TestMessages.words(spool, refused.id())).containsExactly("received");
            assertThat(spool.counts().routed()).isEqualTo(3);
            assertThatExceptionOfType(SpoolException.class).isThrownBy(() ->
                spool.move(refused.id(), _ -> Optional.of(toExampleNet(clock.instant(), 0, "")), "retried"))
                .withMessageContaining("refused-by-tables");
            restart();
        }
        clock.pass(Duration.ofMinutes(1));
        deliver(other.id(), "other text");
        assertThat(spool.takeDue(9, ZERO)).isEmpty();
        mend();
        restart();
        deliver(refused.id(), "refused text");
        assertThat(spool.takeDue(9, ZERO)).isEmpty();
        assertThat(spool.counts().routed()).isZero();
        restart();
        assertThat(TestMessages.words(spool, refused.id())).containsExactly("received");
        assertThat(spool.list(Optional.empty(), 9)).isEmpty();
    }

    @Test void aMessageInMemoryIsDeliveredAllTheSame() throws Exception {
        var refused = message(spool, clock.instant(), "text", toExampleNet(clock.instant(), 0, REFUSED), "a");
        spool.commit(Change.accept(refused));
        assertThat(spool.list(Optional.empty(), 9)).hasSize(1);
        deliver(refused.id(), "text");
        restart();
        assertThat(spool.takeDue(9, ZERO)).isEmpty();
        assertThat(spool.find(refused.id()).orElseThrow().recipients()).extracting(QueuedRecipient::state)
            .containsExactly(new RecipientState.Delivered("250 ok"));
    }

    @Test void anOutcomeThatIsRefusedDoesNotBringTheMessageBack() throws Exception {
        var message = routed(spool, clock.instant(), "text", "a");
        spool.commit(Change.accept(message));
        assertThat(spool.find(message.id())).isPresent();       // now the tables know it
        var claimed = spool.takeDue(1, LONG).getFirst();
        spool.commit(Change.settle(Settlement.outcomes(claimed.id(),
            all(claimed, new RecipientState.Delivered(REFUSED)), List.of())));
        for (var round = 0; round < 2; round++) {
            var other = routed(spool, clock.instant(), "other text", "c");
            spool.commit(Change.accept(other));
            assertThat(spool.find(other.id())).isPresent();
            restart();
            deliver(other.id(), "other text");
            assertThat(spool.takeDue(9, Duration.ofMillis(200))).isEmpty();
            clock.pass(Duration.ofHours(1));
        }
        mend();
        restart();
        assertThat(spool.takeDue(9, ZERO)).isEmpty();
        assertThat(spool.find(message.id()).orElseThrow().recipients()).extracting(QueuedRecipient::state)
            .containsExactly(new RecipientState.Delivered(REFUSED));
    }

    private void deliver(QueueId id, String text) throws Exception {
        var claimed = spool.takeDue(9, LONG);
        assertThat(claimed).extracting(SpooledMessage::id).containsExactly(id);
        assertThat(text(claimed.getFirst().variants().getFirst().content())).isEqualTo(text);
        spool.commit(Change.settle(Settlement.outcomes(id, all(claimed.getFirst(),
            new RecipientState.Delivered("250 ok")), List.of())));
    }
}
