package org.posthorn.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CompilerListsTest {

    private static final Pattern CLASSES = Pattern.compile("\"([\\w/]+\\*?\\.\\*)\"");

    /** What C1 compiled there the archive would send to C1 for good. */
    @Test void theRehearsalInterpretsAllThatTheServerHasForC2() throws IOException {
        var kept = classes("compiler.json");
        assertThat(kept).hasSizeGreaterThan(9);
        assertThat(classes("rehearsal.json")).containsExactlyElementsOf(
            kept.stream().filter(name -> !name.startsWith("org/bouncycastle/")).toList());   // in no archive
    }

    private static List<String> classes(String file) throws IOException {
        return CLASSES.matcher(Files.readString(Path.of("..", "dist", "lib", file))).results()
            .map(found -> found.group(1)).toList();
    }
}
