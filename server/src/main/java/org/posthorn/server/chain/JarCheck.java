package org.posthorn.server.chain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import org.posthorn.server.config.Problems;

/** Looks at the folders of users' jars: what lies there and cannot be used would be passed over in silence. */
final class JarCheck {

    private JarCheck() {
    }

    /**
     * Notes what is no jar, and jars that cannot be read. Hidden files and notes for people are left alone.
     *
     * @param folders one that is not there is empty
     * @throws IOException when a folder cannot be listed
     */
    static void check(List<Path> folders, Problems problems) throws IOException {
        for (var folder : folders) {
            if (Files.isDirectory(folder)) {
                try (var files = Files.list(folder)) {
                    files.sorted().forEach(file -> check(file, problems));
                }
            }
        }
    }

    private static void check(Path file, Problems problems) {
        var name = file.getFileName().toString();
        var place = file.getParent().getFileName() + "/" + name;
        if (name.endsWith(".jar")) {
            try (var jar = new JarFile(file.toFile(), false)) {
                jar.size();
            } catch (IOException e) {
                problems.add(place, 0, "cannot be read as a jar: " + e.getMessage());
            }
        } else if (!name.startsWith(".") && !name.matches("README.*|.*\\.(txt|md)")) {
            problems.add(place, 0, "is no jar, and would not be looked at; put it into one, or take it away");
        }
    }
}
