package org.posthorn.server.delivery.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.function.Function;
import org.posthorn.server.spool.Disk;

/**
 * One Maildir: {@code tmp} for what is being written, {@code new} for what arrived, {@code cur} for what a reader has
 * seen. Files have mode 0600, directories 0700; lines end with LF, as mail readers expect of files.
 */
final class Maildir {

    private final Path directory;
    private final Path unfinished;
    private final Path arrived;
    private final Disk disk;
    private final Function<Optional<Disk.Volume>, SharedForce> forces;
    private volatile SharedForce force = new SharedForce(Optional.empty());

    Maildir(Path directory, Disk disk, Function<Optional<Disk.Volume>, SharedForce> forces) {
        this.directory = directory;
        this.unfinished = directory.resolve("tmp");
        this.arrived = directory.resolve("new");
        this.disk = disk;
        this.forces = forces;
    }

    /**
     * Makes what of it is missing. The names of all its directories are durable then, up to the given root: also those
     * that another thread, or a process that ended, had made just before.
     */
    void prepare(Path root) throws IOException {
        var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        for (var part : new String[] {"tmp", "cur", "new"}) {
            disk.createDirectories(directory.resolve(part), owner);
        }
        for (var made = directory; made.startsWith(root); made = made.getParent()) {
            var name = made;
            forces.apply(disk.volume(name)).force(() -> disk.forceDirectory(name));
        }
        force = forces.apply(disk.volume(arrived));
    }

    /**
     * Whether a file of that name arrived before; a reader may have moved it to {@code cur} and put flags behind it.
     * That takes long in a large mailbox.
     */
    boolean has(String name) throws IOException {
        var file = arrived.resolve(name);
        // To look without following links would make an exception of each file that is not there: nearly all.
        if (Files.exists(file)) {
            return true;
        }
        try (var seen = Files.newDirectoryStream(directory.resolve("cur"), entry -> {
            var found = entry.getFileName().toString();
            return found.startsWith(name) && (found.length() == name.length() || found.charAt(name.length()) == ':');
        })) {
            return seen.iterator().hasNext();
        }
    }

    /**
     * Writes a file to {@code tmp}, forces it, moves it to {@code new}.
     *
     * @return its size in octets
     */
    long deliver(String name, byte[] header, Letter letter) throws IOException {
        var temporary = unfinished.resolve(name);
        try {
            var octets = write(temporary, header, letter);
            disk.move(temporary, arrived.resolve(name));
            return octets;
        } catch (IOException e) {
            disk.delete(temporary);
            throw e;
        }
    }

    /** What was moved to {@code new} stays there from now on. */
    void force() throws IOException {
        force.force(() -> disk.forceDirectory(arrived));
    }

    private long write(Path file, byte[] header, Letter letter) throws IOException {
        // A piece that a crash left behind has the same name, and is written over.
        try (var output = disk.replace(file)) {
            var size = letter.writeTo(output, header);
            force.force(output::force);
            return size;
        }
    }
}
