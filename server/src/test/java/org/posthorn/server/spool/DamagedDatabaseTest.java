package org.posthorn.server.spool;

import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.posthorn.server.spool.TestMessages.routed;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.server.database.DatabaseConfig;
import org.posthorn.server.database.DerbyDatabase;

/**
 * Octets of Derby's files are not what was written. Then a start either finds all mail, because it needs none of them,
 * or ends with one line that says where the damage is and what to do. The property {@code posthorn.damage} sets how
 * many files of each kind are tried.
 */
class DamagedDatabaseTest {

    private static final int PLACES = Integer.getInteger("posthorn.damage", 2);
    private static final int PAGE = 4096;
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final List<QueueId> ACCEPTED = new ArrayList<>();

    @TempDir private static Path temp;
    private static Path stopped;
    private static Path killed;

    @BeforeAll static void make() throws IOException {
        var home = temp.resolve("home");
        Files.createDirectories(home);
        var database = new DerbyDatabase(DatabaseConfig.of(home), Instant::now);
        database.start();
        var spool = new DerbySpool(SpoolConfig.of(home), database, Disk.real(), Instant::now);
        spool.start();
        for (var i = 0; i < 40; i++) {
            var message = routed(spool, Instant.now(), "text", "a");
            spool.commit(Change.accept(message));
            ACCEPTED.add(message.id());
            if (i % 10 == 0) {
                assertThat(spool.find(message.id())).isPresent();       // now the tables know it
            }
        }
        killed = copy(home, "killed");
        spool.stop(LONG);
        database.stop(LONG);
        stopped = copy(home, "stopped");
    }

    private static Path copy(Path home, String name) throws IOException {
        var to = temp.resolve(name);
        try (var files = Files.walk(home)) {
            for (var file : files.toList()) {
                var copy = to.resolve(home.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else if (!file.toString().endsWith(".lck")) {
                    Files.copy(file, copy);
                }
            }
        }
        return to;
    }

    /** Of our tables and indexes: those with the highest numbers. */
    private static List<Path> largest(Path home) throws IOException {
        try (var files = Files.list(DatabaseConfig.of(home).directory().resolve("seg0"))) {
            return files.filter(file -> String.valueOf(file.getFileName()).matches("c[4-9a-f][0-9a-f]{2}[.]dat"))
                .sorted(Comparator.comparingLong((Path file) -> file.toFile().length()).reversed()
                    .thenComparing(Comparator.naturalOrder())).limit(PLACES).toList();
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

    /** What is found; or why the start ended. */
    private record Started(List<QueueId> found, Optional<String> why) {
    }

    private static Started start(Path home) {
        var database = new DerbyDatabase(DatabaseConfig.of(home), Instant::now);
        var spool = new DerbySpool(SpoolConfig.of(home), database, Disk.real(), Instant::now);
        try {
            database.start();
            spool.start();
            return new Started(spool.list(Optional.empty(), 999).stream().map(SpooledMessage::id).toList(),
                Optional.empty());
        } catch (IOException e) {
            assertThat(e.getMessage()).hasLineCount(1).hasSizeLessThan(700).doesNotContain("ClassLoader")
                .contains(home.resolve("data").toString(), "docs/administration.md");
            return new Started(List.of(), Optional.of(e.getMessage()));
        } finally {
            spool.stop(ZERO);
            database.stop(ZERO);
        }
    }

    /** How many starts failed, of those on a copy with a flipped octet in each of some files. */
    private static int failures(Path home, String kind, int offset) throws IOException {
        var failed = 0;
        for (var file : largest(home)) {
            var broken = copy(home, kind + file.getFileName());
            flip(broken.resolve(home.relativize(file)), offset);
            var started = start(broken);
            assertThat(started.why().isPresent() ? ACCEPTED : started.found()).isEqualTo(ACCEPTED);
            failed += started.why().filter(why -> why.contains("damaged")).isPresent() ? 1 : 0;
        }
        return failed;
    }

    @Test void aPage() throws IOException {
        assertThat(failures(stopped, "page", PAGE + 200)).isPositive();
    }

    @Test void aPageOfAServerThatWasKilled() throws IOException {
        failures(killed, "killed-page", PAGE + 200);    // what the log says may be written over it
    }

    @Test void theHeaderOfAFile() throws IOException {
        assertThat(failures(stopped, "header", 100)).isPositive();
    }

    /** Derby takes a damaged record for the end of the log, as a crash leaves it; the journal has what is behind. */
    @Test void theLog() throws IOException {
        var log = DatabaseConfig.of(killed).directory().resolve("log/log1.dat");
        for (var place = 1; place <= PLACES; place++) {
            var broken = copy(killed, "log" + place);
            flip(broken.resolve(killed.relativize(log)), Files.size(log) * place / (2L * PLACES));
            var started = start(broken);
            assertThat(started.why().isPresent() ? ACCEPTED : started.found()).isEqualTo(ACCEPTED);
        }
    }

    @Test void theJournal() throws IOException {
        var journal = SpoolConfig.of(killed).journal().resolve("0000000001.journal");
        var broken = copy(killed, "journal");
        flip(broken.resolve(killed.relativize(journal)), 4000);
        assertThat(start(broken).why().orElseThrow()).contains("0000000001.journal is damaged");
        Files.delete(broken.resolve(killed.relativize(journal)));
        assertThat(start(broken).found()).as("as the line says: what the tables know")
            .isEqualTo(ACCEPTED.subList(0, 31));
    }

    @Test void theControlFileHasACopy() throws IOException {
        var broken = copy(stopped, "control");
        flip(DatabaseConfig.of(broken).directory().resolve("log/log.ctrl"), 12);
        assertThat(start(broken).found()).isEqualTo(ACCEPTED);
    }

    @Test void aFileIsMissing() throws IOException {
        var broken = copy(stopped, "missing");
        Files.delete(DatabaseConfig.of(broken).directory().resolve("service.properties"));
        assertThat(start(broken).why()).isPresent();
    }
}
