package org.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The documents say which test shows what: {@code `XTest.name`}, {@code `XTest.beginning...`}, and further names of the
 * same line without their class. Each is there, and so is each {@code .ci} script.
 */
class NamedTestsTest {

    private static final Path ROOT = Path.of("..");
    private static final List<String> SHOWING = List.of("outbound.md", "rfc.md");   // every name there is a test's
    private static final Pattern SPAN = Pattern.compile("`([^`]+)`");
    private static final Pattern NAMED = Pattern.compile("(\\w+(?:Test|Contract|IT))(?:\\.(\\w+(?:\\.\\.\\.)?))?");
    private static final Pattern FURTHER = Pattern.compile("[a-z]+[A-Z]\\w*(?:\\.\\.\\.)?");
    private static final Pattern SCRIPT = Pattern.compile("(\\.ci/[\\w-]+)(?: .*)?");
    private static final Pattern METHOD = Pattern.compile("\\bvoid (\\w+)\\(");
    private static final Pattern PARENT = Pattern.compile("\\bclass \\w+ extends (\\w+)");

    /** Methods by class, those of its parents too. */
    private final Map<String, Set<String>> tests = new HashMap<>();
    private final List<String> missing = new ArrayList<>();

    @Test void everyTestThatADocumentNamesIsThere() throws IOException {
        for (var module : List.of("protocols", "mailets", "server", "dist")) {
            read(ROOT.resolve(module).resolve("src/test/java"));
        }
        try (var documents = Files.walk(ROOT.resolve("docs"))) {
            for (var document : documents.filter(file -> file.toString().endsWith(".md")).sorted().toList()) {
                for (var line : Files.readAllLines(document)) {
                    look(document.getFileName().toString(), line);
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    private void read(Path sources) throws IOException {
        var parents = new HashMap<String, String>();
        try (var files = Files.walk(sources)) {
            for (var file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                var name = file.getFileName().toString().replace(".java", "");
                var text = Files.readString(file);
                METHOD.matcher(text).results().map(found -> found.group(1))
                    .forEach(tests.computeIfAbsent(name, _ -> new HashSet<>())::add);
                PARENT.matcher(text).results().findFirst().ifPresent(found -> parents.put(name, found.group(1)));
            }
        }
        parents.forEach((name, parent) -> tests.get(name).addAll(tests.getOrDefault(parent, Set.of())));
    }

    private void look(String document, String line) {
        var test = Optional.<String>empty();
        for (var span : SPAN.matcher(line).results().map(found -> found.group(1)).toList()) {
            var named = whole(NAMED, span);
            if (named.isPresent()) {
                test = named.map(found -> found.group(1));
                expect(isThere(test, Optional.ofNullable(named.get().group(2))), document, span);
            } else if (FURTHER.matcher(span).matches() && (test.isPresent() || SHOWING.contains(document))) {
                expect(isThere(test, Optional.of(span)), document, span);
            }
            whole(SCRIPT, span).ifPresent(found ->
                expect(Files.exists(ROOT.resolve(found.group(1))), document, span));
        }
    }

    private static Optional<MatchResult> whole(Pattern pattern, String text) {
        var matcher = pattern.matcher(text);
        return matcher.matches() ? Optional.of(matcher.toMatchResult()) : Optional.empty();
    }

    private boolean isThere(Optional<String> test, Optional<String> method) {
        var methods = test.map(name -> tests.getOrDefault(name, Set.of()).stream())
            .orElseGet(() -> tests.values().stream().flatMap(Set::stream));
        if (method.isEmpty()) {
            return tests.containsKey(test.orElseThrow());
        }
        var beginning = method.get().replace("...", "");
        return methods.anyMatch(name -> name.startsWith(beginning)
            && (name.equals(beginning) || !method.get().equals(beginning)));
    }

    private void expect(boolean there, String document, String span) {
        if (!there) {
            missing.add(document + " names " + span);
        }
    }
}
