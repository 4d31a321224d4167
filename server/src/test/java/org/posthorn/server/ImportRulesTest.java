package org.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.NameAndTypeEntry;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Reads the compiled classes and fails on an import that the design forbids: docs/path-of-a-message.md, "Who may
 * import whom".
 */
class ImportRulesTest {

    /** Rooms by level, the lowest first. A room may import any room of a lower level. */
    private static final List<Set<String>> LEVELS = List.of(
        Set.of("", "log", "config", "database", "dns", "users", "srs", "bench"),
        Set.of("chain", "spool", "auth"),
        Set.of("policy", "intake", "pipeline", "delivery", "bounce", "fetch"),
        Set.of("listen", "admin"),
        Set.of("app", "cli"));

    /** What a room may import of its own level. */
    private static final Map<String, Set<String>> SIDEWAYS = Map.ofEntries(
        Map.entry("config", Set.of("", "log")), Map.entry("database", Set.of("", "log", "config")),
        Map.entry("dns", Set.of("", "log", "config")), Map.entry("srs", Set.of("", "log", "config")),
        Map.entry("users", Set.of("", "log", "config", "database")), Map.entry("chain", Set.of("spool", "auth")),
        Map.entry("delivery", Set.of("bounce", "intake", "policy")), Map.entry("bounce", Set.of("intake", "policy")),
        Map.entry("fetch", Set.of("delivery")),
        Map.entry("intake", Set.of("policy")), Map.entry("pipeline", Set.of("bounce", "intake")),
        Map.entry("cli", Set.of("app")));

    /** One library, one place: package prefix to the rooms that may use it. */
    private static final Map<String, Set<String>> LIBRARIES = Map.ofEntries(
        Map.entry("org.apache.mailet.", Set.of("chain", "policy", "pipeline")),
        Map.entry("jakarta.mail.", Set.of("chain", "policy", "pipeline")),
        Map.entry("org.xbill.DNS.", Set.of("dns")),
        Map.entry("java.sql.", Set.of("database", "spool", "users")),
        Map.entry("org.apache.derby.", Set.of("database")),
        Map.entry("com.zaxxer.", Set.of("database")),
        Map.entry("org.apache.commons.configuration2.", Set.of("config")),
        Map.entry("io.helidon.", Set.of("admin")),
        Map.entry("com.fasterxml.jackson.", Set.of("admin", "cli", "chain", "delivery")),
        Map.entry("picocli.", Set.of("cli")),
        Map.entry("org.slf4j.", Set.of("log", "chain", "app", "admin")),
        Map.entry("ch.qos.logback.", Set.of("log", "app")));

    @Test void protocolsNeedNothingButTheJdk() throws IOException {
        assertThat(wrong("protocols", (_, used) -> isJdk(used) || used.startsWith("org.posthorn.protocols.")))
            .isEmpty();
    }

    @Test void mailetsNeedNothingButTheMailetApi() throws IOException {
        assertThat(wrong("mailets", (_, used) -> isJdk(used) || used.startsWith("org.posthorn.mailets.")
            || used.startsWith("org.apache.mailet.") || used.startsWith("org.apache.james.core.")
            || used.startsWith("jakarta.mail.") || used.startsWith("jakarta.inject."))).isEmpty();
    }

    @Test void roomsImportOnlyWhatLiesBelowThem() throws IOException {
        assertThat(wrong("server", (user, used) -> !used.startsWith("org.posthorn.server.")
            || mayImport(room(user), room(used)))).isEmpty();
    }

    @Test void eachLibraryHasOnePlace() throws IOException {
        assertThat(wrong("server", (user, used) -> LIBRARIES.entrySet().stream()
            .filter(library -> used.startsWith(library.getKey()))
            .allMatch(library -> library.getValue().contains(room(user))))).isEmpty();
    }

    @Test void guiceIsForModulesTheAppAndTheMailetLoader() throws IOException {
        assertThat(wrong("server", (user, used) -> !used.startsWith("com.google.inject.")
            || room(user).equals("app") || simpleName(user).endsWith("Module")
            || simpleName(user).equals("MailetLoader"))).isEmpty();
    }

    private static boolean mayImport(String user, String used) {
        if (user.equals(used) || SIDEWAYS.getOrDefault(user, Set.of()).contains(used)) {
            return true;
        }
        return level(used) < level(user);
    }

    private static int level(String room) {
        for (var level = 0; level < LEVELS.size(); level++) {
            if (LEVELS.get(level).contains(room)) {
                return level;
            }
        }
        throw new AssertionError("room '" + room + "' has no level: add it to the design first");
    }

    /** {@code org.posthorn.server.delivery.remote.MxWalk} is of the room {@code delivery}. */
    private static String room(String className) {
        var rest = className.substring("org.posthorn.server.".length());
        return rest.contains(".") ? rest.substring(0, rest.indexOf('.')) : "";
    }

    /** The outermost class's name. */
    private static String simpleName(String className) {
        return className.substring(className.lastIndexOf('.') + 1).replaceAll("\\$.*", "");
    }

    private static boolean isJdk(String name) {
        return name.startsWith("java.") || name.startsWith("javax.");
    }

    @FunctionalInterface
    private interface Rule {
        boolean allows(String user, String used);
    }

    private static Set<String> wrong(String module, Rule rule) throws IOException {
        var classes = Path.of("..", module, "target", "classes");
        assertThat(classes).isDirectory();
        var wrong = new TreeSet<String>();
        List<Path> files;
        try (Stream<Path> all = Files.walk(classes)) {
            files = all.filter(file -> file.toString().endsWith(".class")).toList();
        }
        for (var file : files) {
            var model = ClassFile.of().parse(file);
            var user = model.thisClass().asInternalName().replace('/', '.');
            for (var used : usedBy(file)) {
                if (!rule.allows(user, used)) {
                    wrong.add(user + " uses " + used);
                }
            }
        }
        return wrong;
    }

    private static Set<String> usedBy(Path file) throws IOException {
        var model = ClassFile.of().parse(file);
        var types = new ArrayList<ClassDesc>();
        for (var entry : model.constantPool()) {
            if (entry instanceof ClassEntry used) {
                types.add(used.asSymbol());
            } else if (entry instanceof NameAndTypeEntry member) {
                add(types, member.type().stringValue());
            }
        }
        model.fields().forEach(field -> add(types, field.fieldType().stringValue()));
        model.methods().forEach(method -> add(types, method.methodType().stringValue()));
        var names = new TreeSet<String>();
        for (var type : types) {
            var element = type;
            while (element.isArray()) {
                element = element.componentType();
            }
            if (element.isClassOrInterface()) {
                var text = element.descriptorString();
                names.add(text.substring(1, text.length() - 1).replace('/', '.'));
            }
        }
        return names;
    }

    private static void add(List<ClassDesc> types, String descriptor) {
        if (descriptor.startsWith("(")) {
            var method = MethodTypeDesc.ofDescriptor(descriptor);
            types.add(method.returnType());
            types.addAll(method.parameterList());
        } else {
            types.add(ClassDesc.ofDescriptor(descriptor));
        }
    }
}
