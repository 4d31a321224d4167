package org.posthorn.server.spool;

import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.posthorn.server.spool.TestMessages.all;
import static org.posthorn.server.spool.TestMessages.draft;
import static org.posthorn.server.spool.TestMessages.localParts;
import static org.posthorn.server.spool.TestMessages.pending;
import static org.posthorn.server.spool.TestMessages.routed;
import static org.posthorn.server.spool.TestMessages.text;
import static org.posthorn.server.spool.TestMessages.toExampleNet;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.server.database.Database;
import org.posthorn.server.database.DatabaseConfig;
import org.posthorn.server.database.DerbyDatabase;

/** What only a spool on disk can get wrong: crashes, damage, full disks, limits of memory. */
class SpoolOnDiskTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    @TempDir private static Path databaseHome;      // one for all: making a database takes a second or more
    private static Database database;

    @TempDir private Path home;
    private final TestClock clock = new TestClock();
    private final TestDisk disk = new TestDisk();
    private SpoolConfig config;
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
        config = small(home, 20_000);
        start();
    }

    private static SpoolConfig small(Path home, int activeLimit) {
        return new SpoolConfig(home.resolve("data"), 4096, 1024, activeLimit, Duration.ofDays(7), 256, 1000, LONG, 100,
            64 << 20, 0);      // what is read comes from the disk
    }

    private void start() throws IOException {
        spool = new DerbySpool(config, database, disk, clock);
        spool.start();
    }

    @AfterEach void close() {
        disk.release();
        spool.stop(Duration.ofSeconds(5));
    }

    private void restart() throws IOException {
        close();
        start();
    }

    @Test void afterARestartEverythingIsThereAndClaimsAreFree() throws Exception {
        accept(pending(spool, now(), "one", "a"));
        accept(routed(spool, now(), "x".repeat(5000), "b"));
        accept(routed(spool, now().plusSeconds(60), "three", "c"));
        assertThat(take().recipients()).hasSize(1);
        assertThat(spool.takeDue(9, ZERO)).hasSize(1);
        restart();
        assertThat(spool.counts()).isEqualTo(new Spool.Counts(1, 2, 0));
        assertThat(text(take().variants().getFirst().content())).isEqualTo("one");
        assertThat(text(takeDue().getFirst().variants().getFirst().content())).isEqualTo("x".repeat(5000));
        clock.pass(Duration.ofSeconds(60));
        assertThat(localParts(takeDue().getFirst())).containsExactly("c");
    }

    @Test void aCopyOfTheDirectoryTakenAfterACommitIsWhole() throws Exception {
        var original = home.resolve("original");
        var copy = home.resolve("copy");
        var ids = new ArrayList<QueueId>();
        try (var running = Running.at(original, clock)) {
            for (var i = 0; i < 5; i++) {
                var message = pending(running.spool(), now(), "body " + i, "a", "b");
                running.spool().commit(Change.accept(message));
                ids.add(message.id());
            }
            running.spool().draft().out().write(new byte[100]);     // what was never committed leaves nothing
            copy(original, copy);
        }
        try (var after = Running.at(copy, clock)) {
            assertThat(after.spool().list(Optional.empty(), 99)).extracting(SpooledMessage::id).isEqualTo(ids);
            for (var i = 0; i < 5; i++) {
                var found = after.spool().find(ids.get(i)).orElseThrow();
                assertThat(text(found.variants().getFirst().content())).isEqualTo("body " + i);
            }
            assertThat(after.spool().nextId()).isGreaterThan(ids.getLast());
        }
    }

    /** A spool with a database of its own. */
    private record Running(DerbyDatabase database, DerbySpool spool) implements AutoCloseable {
        static Running at(Path home, TestClock clock) throws IOException {
            var database = new DerbyDatabase(DatabaseConfig.of(home), Instant::now);
            var spool = new DerbySpool(SpoolConfig.of(home), database, Disk.real(), clock);
            database.start();
            spool.start();
            return new Running(database, spool);
        }

        @Override public void close() {
            spool.stop(LONG);
            database.stop(LONG);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var all = Files.walk(from)) {
            for (var path : all.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }

    @Test void idsGoOnAfterARestart() throws Exception {
        var before = spool.nextId();
        clock.pass(Duration.ofDays(-400));
        restart();
        assertThat(spool.nextId()).isGreaterThan(before);
    }

    @Test void aTornEndOfASegmentHurtsNobody() throws Exception {
        accept(pending(spool, now(), "whole", "a"));
        close();
        Files.write(segments().getFirst(), new byte[] {0x50, 0x48, 0x52, 0x31, 0, 0, 1}, StandardOpenOption.APPEND);
        start();
        accept(pending(spool, now().plusMillis(1), "next", "b"));
        clock.pass(Duration.ofMillis(1));
        assertThat(text(take().variants().getFirst().content())).isEqualTo("whole");
        assertThat(text(take().variants().getFirst().content())).isEqualTo("next");
    }

    @Test void aFlippedBitIsFoundSetAsideAndHeldAndTheRestGoesOn() throws Exception {
        var damaged = routed(spool, now(), "precious words", "a", "b");
        accept(damaged);
        accept(routed(spool, now().plusMillis(1), "fine", "c"));
        flip(segments().getFirst(), BodyStore.HEADER + 3);
        var claimed = takeDue().getFirst();
        assertThatIOException().isThrownBy(() -> read(claimed)).withMessageContaining("damaged");
        assertThat(Files.readString(config.corrupt().resolve(damaged.id() + "-0.body")))
            .isEqualTo("pre\u0002ious words");
        spool.commit(Change.settle(Settlement.outcomes(damaged.id(), List.of(claimed.recipients().getFirst().with(
            toExampleNet(now().plusSeconds(9), 1, "451 could not be read"))), List.of())));
        spool.release(claimed);
        assertThat(spool.find(damaged.id()).orElseThrow().recipients()).extracting(QueuedRecipient::state)
            .containsOnly(new RecipientState.Held("corrupt", toExampleNet(now(), 0, "")));
        assertThat(TestMessages.words(spool, damaged.id())).containsExactly("received", "held", "held");
        clock.pass(Duration.ofSeconds(9));
        assertThat(text(takeDue().getFirst().variants().getFirst().content())).isEqualTo("fine");
        assertThat(spool.takeDue(9, ZERO)).isEmpty();
    }

    @Test void whoeverReadsADamagedMessageHoldsWhatIsNotClaimed() throws Exception {
        var damaged = routed(spool, now(), "precious words", "a");
        accept(damaged);
        Files.delete(segments().getFirst());
        var found = spool.find(damaged.id()).orElseThrow();
        assertThatIOException().isThrownBy(() -> read(found));
        assertThat(spool.counts()).isEqualTo(new Spool.Counts(0, 0, 1));
        assertThat(spool.takeDue(9, ZERO)).isEmpty();
    }

    @Test void aDamagedHeaderOfARecordIsFound() throws Exception {
        accept(routed(spool, now(), "precious words", "a"));
        flip(segments().getFirst(), 9);
        var claimed = takeDue().getFirst();
        assertThatIOException().isThrownBy(() -> read(claimed)).withMessageContaining("header");
        flip(segments().getFirst(), 9);
        try (var file = new RandomAccessFile(segments().getFirst().toFile(), "rw")) {
            file.setLength(BodyStore.HEADER + 5);
        }
        assertThatIOException().isThrownBy(() -> read(claimed)).withMessageContaining("cut off");
    }

    @Test void aDamagedLargeBodyIsFoundBeforeItsEndIsGiven() throws Exception {
        accept(routed(spool, now(), "x".repeat(100_000), "a"));
        flip(files().getFirst(), 20);
        var claimed = takeDue().getFirst();
        var got = new ArrayList<Integer>();
        try (var in = claimed.variants().getFirst().content().open()) {
            assertThatIOException().isThrownBy(() -> {
                for (var octets = in.readNBytes(1000); octets.length > 0; octets = in.readNBytes(1000)) {
                    got.add(octets.length);
                }
            });
        }
        assertThat(got.stream().mapToInt(Integer::intValue).sum()).isLessThan(100_000);
    }

    @Test void changesOfManyThreadsShareAFlush() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var before = disk.forces();
            disk.hold();
            var commits = new ArrayList<Future<?>>();
            commits.add(threads.submit(() -> accept(pending(spool, now(), "first", "a"))));
            disk.awaitHeld();
            for (var i = 0; i < 50; i++) {
                var message = pending(spool, now(), "more", "a");
                commits.add(threads.submit(() -> accept(message)));
            }
            while (spool.waiting() < 50) {
                Thread.onSpinWait();
            }
            disk.release();
            for (var commit : commits) {
                commit.get();
            }
            assertThat(disk.forces() - before).as("each commit the bodies, and a file of the journal with what it says")
                .isEqualTo(2 * 3);
        }
        assertThat(spool.counts().pending()).isEqualTo(51);
    }

    @Test void aBadChangeDoesNotSpoilItsGroup() throws Exception {
        var known = pending(spool, now(), "x", "a");
        accept(known);
        var twice = new NewMessage(known.id(), known.origin(), List.of(new NewVariant(draft(spool, "y"), "")),
            known.recipients(), List.of());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            disk.hold();
            var first = threads.submit(() -> accept(pending(spool, now(), "first", "a")));
            disk.awaitHeld();
            var good = threads.submit(() -> accept(pending(spool, now(), "good", "a")));
            var bad = threads.submit(() -> accept(twice));
            var unclaimed = threads.submit(() -> spool.commit(Change.settle(Settlement.outcomes(known.id(),
                List.of(new QueuedRecipient(0, TestMessages.recipient("a"), 0, new RecipientState.Delivered(""))),
                List.of()))));
            var other = threads.submit(() -> accept(pending(spool, now(), "other", "a")));
            while (spool.waiting() < 4) {
                Thread.onSpinWait();
            }
            disk.release();
            first.get();
            good.get();
            other.get();
            assertThatExceptionOfType(ExecutionException.class).isThrownBy(bad::get);
            assertThatExceptionOfType(ExecutionException.class).isThrownBy(unclaimed::get);
        }
        assertThat(spool.list(Optional.empty(), 99)).hasSize(4).allSatisfy(message ->
            assertThat(text(message.variants().getFirst().content())).isNotEqualTo("y"));
    }

    @Test void aFullDiskIsToldAndWorksAgainWhenThereIsSpace() throws Exception {
        accept(pending(spool, now(), "before", "a"));
        var message = pending(spool, now(), "small", "b");
        disk.fail("No space left on device");
        assertThatExceptionOfType(SpoolException.class).isThrownBy(() -> accept(message))
            .satisfies(e -> assertThat(e.isFull()).isTrue());
        assertThat(spool.find(message.id())).isEmpty();
        var large = spool.draft();
        assertThatIOException().isThrownBy(() -> large.out().write(new byte[5000]));
        large.close();
        disk.fail("Input/output error");
        assertThatExceptionOfType(SpoolException.class).isThrownBy(() -> accept(message))
            .satisfies(e -> assertThat(e.isFull()).isFalse());
        disk.mend();
        accept(message);
        assertThat(text(take().variants().getFirst().content())).isEqualTo("before");
        assertThat(text(take().variants().getFirst().content())).isEqualTo("small");
    }

    @Test void mailIsRefusedBeforeTheDiskIsFullButOutcomesAreKept() throws Exception {
        accept(routed(spool, now(), "x", "a"));
        disk.usable(1000);
        assertThat(spool.hasRoom(600)).isTrue();        // it asks once a second
        clock.pass(Duration.ofSeconds(2));
        assertThat(spool.hasRoom(500)).isTrue();
        assertThat(spool.hasRoom(501)).isFalse();
        disk.usable(99);
        clock.pass(Duration.ofSeconds(2));
        assertThatExceptionOfType(SpoolException.class).isThrownBy(() -> accept(pending(spool, now(), "x", "a")))
            .satisfies(e -> assertThat(e.isFull()).isTrue());
        settle(takeDue().getFirst(), new RecipientState.Delivered("ok"));
        assertThat(spool.counts().routed()).isZero();
    }

    @Test void largeBodiesHaveFilesAndLeaveNoneBehind() throws Exception {
        var forgotten = draft(spool, "f".repeat(5000));
        assertThat(files()).hasSize(1);
        forgotten.close();
        assertThat(files()).isEmpty();
        accept(routed(spool, now(), "k".repeat(5000), "a"));
        assertThat(files()).hasSize(1);
        var claimed = takeDue().getFirst();
        assertThat(text(claimed.variants().getFirst().content())).isEqualTo("k".repeat(5000));
        settle(claimed, new RecipientState.Delivered("ok"));
        assertThat(files()).isEmpty();
        assertThatIOException().isThrownBy(() -> read(spool.find(claimed.id()).orElseThrow()))
            .withMessageContaining("settled");
    }

    @Test void aLargeBodyStaysWhileANewHeaderRefersToIt() throws Exception {
        var first = draft(spool, "old\n" + "b".repeat(5000));
        var second = draft(spool, "new\n");
        second.refer(first, 4);
        first.close();
        assertThat(files()).hasSize(1);
        var message = new NewMessage(spool.nextId(), TestMessages.origin(now()), List.of(new NewVariant(second, "")),
            List.of(new NewRecipient(TestMessages.recipient("a"), 0, toExampleNet(now(), 0, ""))), List.of());
        accept(message);
        restart();
        var claimed = takeDue().getFirst();
        assertThat(text(claimed.variants().getFirst().content())).isEqualTo("new\n" + "b".repeat(5000));
        settle(claimed, new RecipientState.Delivered("ok"));
        assertThat(files()).isEmpty();
    }

    @Test void filesThatNoRowRefersToAreRemovedAtStart() throws Exception {
        accept(pending(spool, now(), "kept", "a"));
        close();
        Files.write(config.segments().resolve("0000000099.segment"), new byte[10]);
        Files.write(config.files().resolve("0000000099.body"), new byte[10]);
        start();
        assertThat(segments()).hasSize(1);
        assertThat(files()).isEmpty();
        accept(pending(spool, now(), "next", "a"));
        assertThat(segments().getLast().getFileName()).hasToString("0000000100.segment");
    }

    @Test void aSegmentWithoutLiveBodiesIsDeleted() throws Exception {
        for (var i = 0; i < 20; i++) {
            accept(routed(spool, now(), "x".repeat(1000), "a"));
        }
        assertThat(segments()).hasSizeGreaterThan(3);
        for (var i = 0; i < 20; i++) {
            settle(spool.takeDue(1, LONG).getFirst(), new RecipientState.Delivered("ok"));
        }
        assertThat(segments()).hasSize(1);
    }

    @Test void theLastBodiesOfASegmentMoveToANewOne() throws Exception {
        for (var i = 0; i < 40; i++) {
            accept(routed(spool, now().plusSeconds(i % 10 == 0 ? 3600 : 0), "x".repeat(600) + i, "a"));
        }
        for (var i = 0; i < 36; i++) {
            settle(spool.takeDue(1, LONG).getFirst(), new RecipientState.Delivered("ok"));
        }
        var before = segments().size();
        spool.tidy();
        spool.tidy();
        assertThat(segments().size()).isLessThan(before);
        restart();
        clock.pass(Duration.ofHours(1));
        var texts = new ArrayList<String>();
        for (var i = 0; i < 4; i++) {
            texts.add(text(spool.takeDue(1, LONG).getFirst().variants().getFirst().content()).substring(600));
        }
        assertThat(texts).containsExactlyInAnyOrder("0", "10", "20", "30");
    }

    @Test void whatMemoryDoesNotHoldComesFromTheTables() throws Exception {
        config = small(home, 5);
        restart();
        for (var i = 0; i < 140; i++) {
            accept(routed(spool, now().minusSeconds(1000 - i), "x", "a", "b"));
        }
        var taken = new ArrayList<QueueId>();
        for (var i = 0; i < 140; i++) {
            var claimed = spool.takeDue(1, LONG).getFirst();
            assertThat(claimed.recipients()).hasSize(2);
            taken.add(claimed.id());
            if (i % 2 == 0) {
                settle(claimed, new RecipientState.Delivered("ok"));
            }
        }
        assertThat(taken).doesNotHaveDuplicates().hasSize(140);
        assertThat(spool.takeDue(9, ZERO)).isEmpty();
        assertThat(spool.counts().routed()).isEqualTo(140);
    }

    @Test void rowsOfTheSettledGoAfterTheirTime() throws Exception {
        accept(routed(spool, now(), "x", "a"));
        accept(routed(spool, now(), "y", "b"));
        var settled = spool.takeDue(1, LONG).getFirst();
        settle(settled, new RecipientState.Delivered("ok"));
        clock.pass(Duration.ofDays(6));
        spool.tidy();
        assertThat(spool.find(settled.id())).isPresent();
        clock.pass(Duration.ofDays(2));
        spool.tidy();
        assertThat(spool.find(settled.id())).isEmpty();
        assertThat(spool.history(settled.id())).isEmpty();
        assertThat(localParts(takeDue().getFirst())).containsExactly("b");
    }

    @Test void aSecondSpoolOnTheSameDirectoryIsRefusedInOneLine() {
        var second = new DerbySpool(config, database, disk, clock);
        assertThatIOException().isThrownBy(second::start).withMessageContaining("in use by another process")
            .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    @Test void overlongTextsAreCutAndNothingFails() throws Exception {
        var message = pending(spool, now(), "x", "a");
        var long1 = "\ud83d\ude00".repeat(3000);
        accept(new NewMessage(message.id(), message.origin(), message.variants(), message.recipients(),
            List.of(new Event(now(), long1, long1, long1))));
        settle(take(), toExampleNet(now(), 1, long1));
        restart();
        var state = takeDue().getFirst().recipients().getFirst().state();
        assertThat(state).isInstanceOfSatisfying(RecipientState.Routed.class,
            known -> assertThat(long1).startsWith(known.lastReply()));
        assertThat(spool.history(message.id()).getFirst().what()).isEqualTo("\ud83d\ude00".repeat(50));
    }

    @Test void aStoppedSpoolRefuses() {
        spool.stop(ZERO);
        assertThatExceptionOfType(SpoolException.class).isThrownBy(() -> accept(pending(spool, now(), "x", "a")));
    }

    private Instant now() {
        return clock.instant();
    }

    private void accept(NewMessage message) {
        spool.commit(Change.accept(message));
    }

    private void settle(SpooledMessage claimed, RecipientState state) {
        spool.commit(Change.settle(Settlement.outcomes(claimed.id(), all(claimed, state), List.of())));
    }

    private SpooledMessage take() throws InterruptedException {
        return spool.takePending(LONG).orElseThrow();
    }

    private List<SpooledMessage> takeDue() throws InterruptedException {
        return spool.takeDue(9, LONG);
    }

    private static void read(SpooledMessage message) throws IOException {
        try (var in = message.variants().getFirst().content().open()) {
            in.readAllBytes();
        }
    }

    private static void flip(Path file, long offset) throws IOException {
        try (var octets = new RandomAccessFile(file.toFile(), "rw")) {
            octets.seek(offset);
            var octet = octets.read();
            octets.seek(offset);
            octets.write(octet ^ 0x61);
        }
    }

    private List<Path> segments() {
        return list(config.segments());
    }

    private List<Path> files() {
        return list(config.files());
    }

    private static List<Path> list(Path directory) {
        try (var all = Files.list(directory)) {
            return all.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
