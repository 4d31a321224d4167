package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.server.config.Problem;
import org.posthorn.server.config.Problems;

class JarCheckTest {

    @TempDir Path folder;

    private List<String> told() throws IOException {
        var problems = new Problems();
        JarCheck.check(List.of(folder.resolve("lib"), folder.resolve("none")), problems);
        return problems.all().stream().map(Problem::toString).toList();
    }

    private Path lib() throws IOException {
        return Files.createDirectories(folder.resolve("lib"));
    }

    @Test void jarsHiddenFilesAndNotesAreGood() throws IOException {
        try (var jar = new JarOutputStream(Files.newOutputStream(lib().resolve("good.jar")))) {
            jar.putNextEntry(new JarEntry("com/example/"));
        }
        for (var name : List.of("README", "README.md", "notes.txt", ".keep")) {
            Files.writeString(lib().resolve(name), "text");
        }
        assertThat(told()).isEmpty();
    }

    @Test void whatWouldBePassedOverIsTold() throws IOException {
        Files.writeString(lib().resolve("broken.jar"), "no jar");
        Files.createFile(lib().resolve("empty.jar"));
        Files.createDirectory(lib().resolve("unpacked"));
        Files.createDirectory(lib().resolve("unpacked.jar"));
        Files.createFile(lib().resolve("Stamp.class"));
        assertThat(told()).hasSize(5).satisfiesExactly(
            stamp -> assertThat(stamp).startsWith("lib/Stamp.class: is no jar, and would not be looked at"),
            broken -> assertThat(broken).startsWith("lib/broken.jar: cannot be read as a jar: "),
            empty -> assertThat(empty).startsWith("lib/empty.jar: cannot be read as a jar: "),
            unpacked -> assertThat(unpacked).startsWith("lib/unpacked: is no jar"),
            named -> assertThat(named).startsWith("lib/unpacked.jar: cannot be read as a jar: "));
    }
}
