package org.posthorn.server.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.posthorn.server.spool.TestMessages.all;
import static org.posthorn.server.spool.TestMessages.draft;
import static org.posthorn.server.spool.TestMessages.pending;
import static org.posthorn.server.spool.TestMessages.routed;
import static org.posthorn.server.spool.TestMessages.text;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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

/** What is damaged is set aside and held, wherever the damage is; the rest is delivered. After a restart too. */
class CorruptionTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int LENGTH = 300;
    private static final int RECORD = BodyStore.HEADER + LENGTH;

    @TempDir private static Path databaseHome;      // one for all: making a database takes a second or more
    private static DerbyDatabase database;

    @TempDir private Path home;
    private final TestClock clock = new TestClock();
    private final TestDisk disk = new TestDisk();
    private SpoolConfig config;
    private DerbySpool spool;

    /** Does harm to a file. */
    private interface Harm {
        void to(RandomAccessFile file) throws IOException;
    }

    @BeforeAll static void openDatabase() throws IOException {
        database = new DerbyDatabase(DatabaseConfig.of(databaseHome), Instant::now);
        database.start();
    }

    @AfterAll static void closeDatabase() {
        database.stop(Duration.ZERO);
    }

    @BeforeEach void open() throws IOException {
        TestTables.clear(database);
        config = new SpoolConfig(home.resolve("data"), 1 << 20, 1024, 20_000, Duration.ofDays(7), 256, 1000, LONG, 0,
            64 << 20, 0);      // what is read comes from the disk
        start();
    }

    private void start() throws IOException {
        spool = new DerbySpool(config, database, disk, clock);
        spool.start();
    }

    @AfterEach void close() {
        spool.stop(Duration.ofSeconds(5));
    }

    @Test void eachRegionOfARecordIsChecked() throws Exception {
        for (var offset : List.of(0, 3, 4, 7, 8, 11, BodyStore.HEADER, BodyStore.HEADER + LENGTH / 2, RECORD - 1)) {
            var ids = three(LENGTH);
            spool.stop(LONG);       // it is found by whoever reads it after a restart
            harm(segments().getFirst(), file -> flip(file, RECORD + offset));
            start();
            assertThat(delivered()).as("offset %d", offset).containsExactly(ids.get(0), ids.get(2));
            assertHeld(ids.get(1), true);
            spool.move(ids.get(1), _ -> Optional.of(new RecipientState.Discarded("by the test")), "gone");
        }
    }

    @Test void whoseRecordItWasIsOnlyANote() throws Exception {
        var ids = three(LENGTH);
        harm(segments().getFirst(), file -> flip(file, RECORD + 12));
        assertThat(delivered()).isEqualTo(ids);
    }

    @Test void whatIsBehindTheEndOfATruncatedSegmentIsHeld() throws Exception {
        for (var length : List.of(RECORD, RECORD + 1, RECORD + BodyStore.HEADER, RECORD + BodyStore.HEADER + 7)) {
            TestTables.clear(database);
            spool.stop(LONG);
            start();
            var ids = three(LENGTH);
            spool.stop(LONG);
            harm(segments().getFirst(), file -> file.setLength(length));
            start();
            assertThat(delivered()).as("length %d", length).containsExactly(ids.get(0));
            assertHeld(ids.get(1), length > RECORD + BodyStore.HEADER);
            assertHeld(ids.get(2), false);
        }
    }

    @Test void whatSomebodyHasIsNotHeldForIt() throws Exception {
        var message = routed(spool, clock.instant(), "x".repeat(LENGTH), "a", "b");
        spool.commit(Change.accept(message));
        var untold = new RecipientState.Unreported("250 ok", "mx", true, clock.instant().plusSeconds(60), 1);
        spool.move(message.id(), one -> one.number() == 0 ? Optional.of(untold) : Optional.empty(), "delivered");
        harm(segments().getFirst(), file -> flip(file, BodyStore.HEADER));
        assertThat(delivered()).isEmpty();
        assertThat(spool.find(message.id()).orElseThrow().recipients()).extracting(QueuedRecipient::state)
            .startsWith(untold).last().isInstanceOf(RecipientState.Held.class);
    }

    @Test void whatWasInADeletedSegmentIsHeld() throws Exception {
        var ids = three(LENGTH);
        spool.stop(LONG);
        Files.delete(segments().getFirst());
        start();
        var later = three(LENGTH);
        assertThat(delivered()).isEqualTo(later);
        ids.forEach(id -> assertHeld(id, false));
    }

    @Test void largeBodiesAreCheckedToo() throws Exception {
        var ids = three(100_000);
        var files = list(config.files());
        harm(files.get(0), file -> flip(file, 99_999));
        harm(files.get(1), file -> file.setLength(99_999));
        Files.delete(files.get(2));
        var fine = three(100_000);
        assertThat(delivered()).isEqualTo(fine);
        assertHeld(ids.get(0), true);
        assertHeld(ids.get(1), true);
        assertHeld(ids.get(2), false);
    }

    /** As when no file descriptor is left. */
    @Test void whatIsThereButCannotBeOpenedNowIsNotDamaged() throws Exception {
        for (var length : List.of(LENGTH, 100_000)) {
            var ids = three(length);
            var file = list(length == LENGTH ? config.segments() : config.files()).getFirst();
            var aside = home.resolve("aside");
            Files.move(file, aside);
            Files.createDirectory(file);
            var first = delivered();
            assertThat(first).as("octets %d", length).hasSizeLessThan(3);
            ids.forEach(id -> assertThat(TestMessages.words(spool, id)).doesNotContain("held"));
            assertThat(config.corrupt()).doesNotExist();
            Files.delete(file);
            Files.move(aside, file);
            clock.pass(Duration.ofSeconds(60));
            assertThat(delivered()).containsExactlyElementsOf(ids.stream().filter(id -> !first.contains(id)).toList());
        }
    }

    @Test void aBodyOfWhichAWriteFailedIsNotTriedAgain() throws Exception {
        var message = pending(spool, clock.instant(), "x".repeat(5000), "a");
        disk.fail("No space left on device");
        assertThat(refused(message)).isTrue();
        disk.mend();
        assertThat(refused(message)).as("half of its end may be on the disk").isTrue();
        var anew = new NewMessage(message.id(), message.origin(),
            List.of(new NewVariant(draft(spool, "x".repeat(5000)), "")), message.recipients(), message.history());
        assertThat(refused(anew)).isFalse();
        assertThat(text(spool.takePending(LONG).orElseThrow().variants().getFirst().content()))
            .isEqualTo("x".repeat(5000));
    }

    @Test void bodiesWithoutTheirDatabaseAreNotRemoved() throws Exception {
        three(LENGTH);
        var before = segments();
        spool.stop(LONG);
        var other = new DerbyDatabase(DatabaseConfig.of(home.resolve("other")), Instant::now);
        other.start();
        try {
            var without = new DerbySpool(config, other, disk, clock);
            assertThatIOException().isThrownBy(without::start).withMessageContaining("the database is new");
            assertThat(segments()).isEqualTo(before);
        } finally {
            other.stop(LONG);
        }
        start();
        assertThat(spool.counts().routed()).isEqualTo(3);
    }

    @Test void aDirectoryOfBodiesThatCannotBeReadStopsTheStart() throws Exception {
        three(LENGTH);
        spool.stop(LONG);
        var aside = config.directory().resolve("aside");
        Files.move(config.segments(), aside);
        Files.writeString(config.segments(), "not a directory");
        assertThatIOException().isThrownBy(this::start).withMessageContaining("cannot be read")
            .withMessageContaining("nothing was changed");
        Files.delete(config.segments());
        Files.move(aside, config.segments());
        start();
        assertThat(spool.takeDue(9, LONG)).hasSize(3);
    }

    private boolean refused(NewMessage message) {
        try {
            spool.commit(Change.accept(message));
            return false;
        } catch (SpoolException e) {
            return true;
        }
    }

    private List<QueueId> three(int length) {
        var ids = new ArrayList<QueueId>();
        for (var i = 0; i < 3; i++) {
            clock.pass(Duration.ofMillis(1));
            var message = routed(spool, clock.instant(), "x".repeat(length), "a");
            spool.commit(Change.accept(message));
            ids.add(message.id());
        }
        return ids;
    }

    /** Delivers what is due, as an agent would; what cannot be read is deferred. Which went. */
    private List<QueueId> delivered() throws InterruptedException {
        var delivered = new ArrayList<QueueId>();
        for (var claimed : spool.takeDue(9, LONG)) {
            var state = (RecipientState) new RecipientState.Delivered("250 ok");
            try {
                assertThat(text(claimed.variants().getFirst().content())).matches("x+");
                delivered.add(claimed.id());
            } catch (UncheckedIOException e) {
                state = TestMessages.toExampleNet(clock.instant().plusSeconds(60), 1, "451 4.3.0 not read");
            }
            spool.commit(Change.settle(Settlement.outcomes(claimed.id(), all(claimed, state), List.of())));
        }
        return delivered;
    }

    private void assertHeld(QueueId id, boolean remains) {
        assertThat(spool.find(id).orElseThrow().recipients()).extracting(QueuedRecipient::state)
            .allMatch(state -> state instanceof RecipientState.Held held && held.name().equals("corrupt"));
        assertThat(TestMessages.words(spool, id)).contains("held");
        var aside = config.corrupt().resolve(id + "-0.body");
        assertThat(aside).exists();
        assertThat(aside.toFile().length() > 0).as("something of it is there").isEqualTo(remains);
    }

    private static void harm(Path path, Harm harm) throws IOException {
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            harm.to(file);
        }
    }

    private static void flip(RandomAccessFile file, long offset) throws IOException {
        file.seek(offset);
        var octet = file.read();
        file.seek(offset);
        file.write(octet ^ 1);
    }

    private List<Path> segments() {
        return list(config.segments());
    }

    private static List<Path> list(Path directory) {
        try (var all = Files.list(directory)) {
            return all.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
