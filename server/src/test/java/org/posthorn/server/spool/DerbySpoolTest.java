package org.posthorn.server.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.server.database.Database;
import org.posthorn.server.database.DatabaseConfig;
import org.posthorn.server.database.DerbyDatabase;

class DerbySpoolTest implements SpoolContract {

    @TempDir private static Path databaseHome;      // one for all: making a database takes a second or more
    private static Database database;

    @TempDir private Path home;
    private final TestClock clock = new TestClock();
    private DerbySpool spool;

    @BeforeAll static void openDatabase() throws IOException {
        database = new DerbyDatabase(DatabaseConfig.of(databaseHome), Instant::now);
        database.start();
    }

    @AfterAll static void closeDatabase() {
        database.stop(Duration.ZERO);
    }

    @BeforeEach void open() throws IOException {
        TestTables.clear(database);
        spool = new DerbySpool(SpoolConfig.of(home), database, Disk.real(), clock);
        spool.start();
    }

    @AfterEach void close() {
        spool.stop(Duration.ofSeconds(5));
    }

    @Override public Spool spool() {
        return spool;
    }

    @Override public TestClock clock() {
        return clock;
    }

    @Test void whatIsPutOffAgainMeanwhileIsToldOnce() {
        var messages = new ArrayList<NewMessage>();
        for (var i = 0; i < 300; i++) {     // more than a page
            messages.add(TestMessages.message(spool, clock.instant(), "x", putOff(clock.instant()), "a", "b"));
        }
        spool.commit(new Change(messages, List.of()));
        var told = new HashSet<QueueId>();
        spool.putOff(clock.instant(), id -> {
            assertThat(told.add(id)).as("told once").isTrue();
            clock.pass(Duration.ofSeconds(1));
            spool.move(id, _ -> Optional.of(putOff(clock.instant())), "tried, and put off again");
        });
        assertThat(told).hasSize(messages.size());
    }

    /** Held in the journal or in the tables: a restart reads what it finds. */
    @Test void attemptsNoticesAndWhatWasAskedOfTheQueueSurviveARestart() throws Exception {
        var at = clock.instant();
        var handling = Handling.NONE.heldUntil(at.plusSeconds(60)).priority(-4).verp("+=")
            .by(new Handling.By(at.plusSeconds(600), true, true));
        var state = new RecipientState.Routed(new Route("remote", "example.com"), at, 4, "450 4.2.1 Later", 2);
        var message = new NewMessage(spool.nextId(), new Origin(ReversePath.none(), MailParameters.NONE.with(handling),
            at, "smtp", "192.0.2.1", "c", ""), List.of(new NewVariant(TestMessages.draft(spool, "x"), "")),
            List.of(new NewRecipient(TestMessages.recipient("a"), 0, state)), List.of());
        spool.commit(Change.accept(message));
        for (var restart = 0; restart < 2; restart++) {
            spool.stop(Duration.ofSeconds(5));
            spool = new DerbySpool(SpoolConfig.of(home), database, Disk.real(), clock);
            spool.start();
            var found = spool.find(message.id()).orElseThrow();
            assertThat(found.origin().parameters().handling()).isEqualTo(handling);
            assertThat(found.recipients().getFirst().state()).isEqualTo(state);
        }
        assertThat(spool.takeDue(9, Duration.ZERO).getFirst().recipients().getFirst().state()).isEqualTo(state);
    }

    private static RecipientState putOff(Instant now) {
        return new RecipientState.Pending("root", now.plusSeconds(900), 1, false);
    }

    @Test void whoSendsWhatWaitsIsKnown() {
        var later = TestMessages.toExampleNet(clock.instant().plusSeconds(900), 4, "450");
        var own = ReversePath.of(new Mailbox("SRS0=x=y=far.example=bob", "example.org"));
        spool().commit(Change.accept(new NewMessage(spool().nextId(), TestMessages.origin(clock.instant()),
            List.of(new NewVariant(TestMessages.draft(spool(), "x"), ""),
                new NewVariant(TestMessages.draft(spool(), "y"), "", Optional.of(own)),
                new NewVariant(TestMessages.draft(spool(), "z"), "", Optional.of(ReversePath.none()))),
            List.of(new NewRecipient(TestMessages.recipient("a"), 0, later),
                new NewRecipient(TestMessages.recipient("b"), 1, later),
                new NewRecipient(TestMessages.recipient("c"), 2, later)), List.of())));
        spool().commit(Change.accept(TestMessages.message(spool(), clock.instant(), "x", later, "d")));
        var senders = new HashMap<String, ReversePath>();
        spool().startDelivery(waiting -> senders.put(waiting.recipient().localPart(), waiting.sender().get()) == null,
            clock.instant());
        var ann = TestMessages.origin(clock.instant()).sender();
        assertThat(senders).isEqualTo(Map.of("a", ann, "b", own, "c", ReversePath.none(), "d", ann));
    }
}
