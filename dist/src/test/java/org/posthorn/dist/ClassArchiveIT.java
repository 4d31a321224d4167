package org.posthorn.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The archive of classes that makes itself, in a distribution at a place that the build's archive is not for. */
class ClassArchiveIT {

    private static final Path BUILT = Path.of(System.getProperty("posthorn.dist"));

    private static final Duration YIELDING = Duration.ofMinutes(5);   // its maker lets all others go first

    @TempDir private Path temp;
    private Path launcher;

    @BeforeEach void moveTheDistribution() throws IOException {
        launcher = Files.createDirectories(temp.resolve("moved to/bin")).resolve("posthorn");
        Files.copy(BUILT.resolve("bin/posthorn"), launcher);
        Files.createSymbolicLink(temp.resolve("moved to/lib"), BUILT.resolve("lib"));
    }

    @Test @EnabledOnOs(OS.LINUX) void aServerWithoutAnArchiveMakesOneForItsNextStart() throws IOException {
        try (var posthorn = Posthorn.init(temp.resolve("home of mail"))) {
            archiveAfter(posthorn, "1 ms");
            posthorn.start(launcher, "-Dposthorn.rehearsal=9");
            assertThat(usesArchive(posthorn)).isFalse();
            posthorn.waitUntil("an archive", YIELDING, () -> Files.exists(archive(posthorn, ".for")));
            assertThat(posthorn.stop()).isZero();
            posthorn.start(launcher, "-Dposthorn.rehearsal=9");
            assertThat(usesArchive(posthorn)).isTrue();
            assertThat(posthorn.send("kim@elsewhere.example", "ann@local.test", "Subject: archived\n\nhello\n"))
                .startsWith("250 ");
            posthorn.arrived("ann", "archived");
            assertThat(posthorn.stop()).isZero();
            try (var files = Files.list(posthorn.home().resolve("data"))) {
                assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.contains(".aot")))
                    .containsExactlyInAnyOrder("posthorn.aot", "posthorn.aot.for");
            }
        }
    }

    @Test void aBrokenArchiveHindersNoStart() throws IOException {
        try (var posthorn = Posthorn.init(temp.resolve("home"))) {
            archiveAfter(posthorn, "0 s");
            Files.writeString(archive(posthorn, ".for"), temp.resolve("moved to") + "\n");
            var whole = Files.readAllBytes(BUILT.resolve("lib/posthorn.aot"));
            for (var size : List.of(0, 100, 4096, whole.length / 2)) {
                Files.write(archive(posthorn, ""), Arrays.copyOf(whole, size));
                posthorn.start(launcher, "");
                assertThat(posthorn.stop()).isZero();
            }
        }
    }

    /**
     * The JVM loads an archive's classes before all else, and checks what they assume of classes that are in none. A
     * signed jar's are in none, and its signatures then take longer than all that a start does. Picocli's are too old.
     */
    @Test void aStartLoadsNoClassThatTheArchiveCannotHold() throws IOException {
        try (var posthorn = Posthorn.init(temp.resolve("home"))) {
            posthorn.start(BUILT.resolve("bin/posthorn"), "-Xlog:class+load:file=" + temp.resolve("classes"));
            assertThat(posthorn.stop()).isZero();
        }
        assertThat(Files.readAllLines(temp.resolve("classes"))).isNotEmpty()
            .noneMatch(line -> line.contains("/bcprov") || line.contains("/bcpkix") || line.contains("/bcutil")
                || line.contains("/picocli"));
    }

    private static Path archive(Posthorn posthorn, String suffix) {
        return posthorn.home().resolve("data/posthorn.aot" + suffix);
    }

    private static boolean usesArchive(Posthorn posthorn) throws IOException {
        return Files.readString(Path.of("/proc", String.valueOf(posthorn.pid()), "maps")).contains(".aot");
    }

    private static void archiveAfter(Posthorn posthorn, String time) throws IOException {
        var file = posthorn.conf("server.xml");
        var text = Files.readString(file);
        var setting = "<class-archive-after>1 m<";
        assertThat(text).contains(setting);
        Files.writeString(file, text.replace(setting, "<class-archive-after>" + time + "<"));
    }
}
