package org.posthorn.server.chain;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.jar.JarFile;
import org.apache.james.transport.mailets.ToProcessor;

/** The matchers and mailets of James's own jar, read from the jar itself so that none is forgotten. */
final class StockClasses {

    private static final String TRANSPORT = "org.apache.james.transport.";

    private StockClasses() {
    }

    /** The names of those that one can write into a processors file, without the package in which they are found. */
    static SortedSet<String> named(Class<?> kind, String packageName) {
        var names = new TreeSet<String>();
        try (var jar = new JarFile(Path.of(
                ToProcessor.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toFile())) {
            for (var entry : jar.stream().toList()) {
                var name = entry.getName().replace('/', '.').replaceFirst("\\.class$", "");
                if (entry.getName().endsWith(".class") && name.startsWith(TRANSPORT + packageName + ".")) {
                    add(names, name, kind, packageName);
                }
            }
        } catch (IOException | URISyntaxException e) {
            throw new AssertionError(e);
        }
        return names;
    }

    private static void add(SortedSet<String> names, String name, Class<?> kind, String packageName) {
        try {
            var type = Class.forName(name, false, StockClasses.class.getClassLoader());
            if (kind.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers())) {
                names.add(name.substring((TRANSPORT + packageName + ".").length()));
            }
        } catch (ClassNotFoundException | LinkageError e) {
            throw new AssertionError(name, e);
        }
    }
}
