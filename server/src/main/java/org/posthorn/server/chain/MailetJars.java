package org.posthorn.server.chain;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/**
 * Loads classes from the jars of users. Such a class sees the JDK, the Mailet API, jakarta.mail, SLF4J and our mailets'
 * ports; the server itself, and the libraries that it happens to use, are hidden from it.
 */
final class MailetJars extends URLClassLoader {

    private MailetJars(List<URL> jars, ClassLoader server) {
        super("mailet-jars", jars.toArray(URL[]::new), new Visible(server));
    }

    /**
     * Opens all jars of the folders, by name.
     *
     * @throws IOException when a folder that is there cannot be listed
     */
    static MailetJars open(List<Path> folders, ClassLoader server) throws IOException {
        var jars = new ArrayList<URL>();
        for (var folder : folders) {
            if (Files.isDirectory(folder)) {
                try (var files = Files.list(folder)) {
                    for (var jar : files.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
                        jars.add(url(jar));
                    }
                }
            }
        }
        return new MailetJars(jars, server);
    }

    /** The jars that hold a class, by name. */
    List<String> holding(String name) throws IOException {
        var found = new ArrayList<String>();
        for (var url : Collections.list(findResources(name.replace('.', '/') + ".class"))) {
            found.add(url.getPath().replaceFirst("!.*", "").replaceFirst(".*/", ""));
        }
        return found;
    }

    private static URL url(Path jar) throws MalformedURLException {
        return jar.toUri().toURL();
    }

    /** The part of the server that mailets are written against. */
    private static final class Visible extends ClassLoader {

        private static final List<String> PACKAGES = List.of("jakarta.", "org.apache.mailet.", "org.apache.james.",
            "org.posthorn.mailets.", "org.slf4j.", "com.google.common.");

        private final ClassLoader server;

        Visible(ClassLoader server) {
            super("mailet-api", ClassLoader.getPlatformClassLoader());
            this.server = server;
        }

        @Override protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (PACKAGES.stream().noneMatch(name::startsWith)) {
                throw new ClassNotFoundException(name);
            }
            return server.loadClass(name);
        }

        /** Files of those packages. No services: the server's own are not for the libraries of users. */
        @Override protected URL findResource(String name) {
            return isVisible(name) ? server.getResource(name) : null;
        }

        @Override protected Enumeration<URL> findResources(String name) throws IOException {
            return isVisible(name) ? server.getResources(name) : Collections.emptyEnumeration();
        }

        private static boolean isVisible(String resource) {
            var name = resource.replace('/', '.');
            return PACKAGES.stream().anyMatch(name::startsWith);
        }
    }
}
