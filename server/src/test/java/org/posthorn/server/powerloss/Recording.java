package org.posthorn.server.powerloss;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is done to a directory from now on, in order; what lies there at the beginning counts as durable. A write is
 * noted when it has returned, unless it is durable by itself: that one is noted before, and its force after it. A force
 * covers what was noted before it began. So a crash between any two steps is one that can happen. Thread-safe.
 */
public final class Recording {

    private final Path root;
    private final Map<Path, Integer> names = new HashMap<>();
    private final Map<Integer, byte[]> before = new HashMap<>();
    private final Map<Path, Integer> namesBefore;
    private final List<Path> directoriesBefore = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private int files;

    /** Remembers what is there. */
    public Recording(Path root) throws IOException {
        this.root = root.toRealPath();
        try (var all = Files.walk(this.root)) {
            for (var path : all.toList()) {
                if (Files.isDirectory(path)) {
                    directoriesBefore.add(this.root.relativize(path));
                } else {
                    before.put(files, Files.readAllBytes(path));
                    names.put(this.root.relativize(path), files++);
                }
            }
        }
        namesBefore = Map.copyOf(names);
    }

    Map<Path, Integer> namesBefore() {
        return namesBefore;
    }

    List<Path> directoriesBefore() {
        return directoriesBefore;
    }

    Map<Integer, byte[]> octetsBefore() {
        return before;
    }

    /** What was done so far. */
    synchronized List<Step> steps() {
        return List.copyOf(steps);
    }

    /** How many steps were noted. */
    public synchronized int now() {
        return steps.size();
    }

    private Path relative(Path path) {
        return root.relativize(path.toAbsolutePath().normalize());
    }

    /** Whether the path lies in what is recorded. */
    boolean has(Path path) {
        return path.toAbsolutePath().normalize().startsWith(root);
    }

    /** The file of that name, which was made just now or is there. */
    synchronized int opened(Path path) {
        var name = relative(path);
        return names.computeIfAbsent(name, _ -> {
            steps.add(new Step.Make(name, files));
            return files++;
        });
    }

    synchronized void directory(Path path) {
        steps.add(new Step.MakeDirectory(relative(path)));
    }

    synchronized void write(int file, long at, byte[] octets, int offset, int length) {
        steps.add(new Step.Write(file, at, Arrays.copyOfRange(octets, offset, offset + length)));
    }

    synchronized void cut(int file, long length) {
        steps.add(new Step.Cut(file, length));
    }

    synchronized void moved(Path from, Path to) {
        var file = names.remove(relative(from));
        names.put(relative(to), file);
        steps.add(new Step.Move(relative(from), relative(to), file));
    }

    /** Before the name is gone: nobody can make it anew unnoticed. */
    synchronized void removed(Path path) {
        if (Optional.ofNullable(names.remove(relative(path))).isPresent()) {
            steps.add(new Step.Remove(relative(path)));
        }
    }

    synchronized void forced(int file, int since) {
        steps.add(new Step.Force(file, since));
    }

    synchronized void forcedDirectory(Path path, int since) {
        steps.add(new Step.ForceDirectory(relative(path), since));
    }

    synchronized void forcedAll(int since) {
        steps.add(new Step.ForceAll(since));
    }

    /** From here on it must be true. */
    public synchronized void promise(Object what) {
        steps.add(new Step.Promise(what));
    }
}
