package org.posthorn.server.delivery.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.posthorn.server.spool.Disk;

/**
 * One Maildir: {@code tmp} for what is being written, {@code new} for what arrived, {@code cur} for what a reader has
 * seen. Files have mode 0600, directories 0700; lines end with LF, as mail readers expect of files.
 */
final class Maildir {

    private static final int FIRST_BLOCK = 16 * 1024;
    private static final int BLOCK = 64 * 1024;

    private final Path directory;
    private final Disk disk;
    private final DirectoryForce force;

    Maildir(Path directory, Disk disk, DirectoryForce force) {
        this.directory = directory;
        this.disk = disk;
        this.force = force;
    }

    /** Whether its directories are there. */
    boolean isThere() {
        return Files.isDirectory(directory.resolve("new"), LinkOption.NOFOLLOW_LINKS);
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
            force.force(made);
        }
    }

    /**
     * Whether a file of that name arrived before; a reader may have moved it to {@code cur} and put flags behind it.
     *
     * @param lookInCur whether {@code cur} is searched too, which takes long in a large mailbox
     */
    boolean has(String name, boolean lookInCur) throws IOException {
        if (Files.exists(directory.resolve("new").resolve(name), LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        if (!lookInCur) {
            return false;
        }
        try (var seen = Files.newDirectoryStream(directory.resolve("cur"), entry -> {
            var file = entry.getFileName().toString();
            return file.startsWith(name) && (file.length() == name.length() || file.charAt(name.length()) == ':');
        })) {
            return seen.iterator().hasNext();
        }
    }

    /**
     * Writes a file to {@code tmp}, forces it, moves it to {@code new}.
     *
     * @return its size in octets
     */
    long deliver(String name, byte[] header, InputStream content) throws IOException {
        var temporary = directory.resolve("tmp").resolve(name);
        try {
            var octets = write(temporary, header, content);
            disk.move(temporary, directory.resolve("new").resolve(name));
            return octets;
        } catch (IOException e) {
            disk.delete(temporary);
            throw e;
        }
    }

    /** What was moved to {@code new} stays there from now on. */
    void force() throws IOException {
        force.force(directory.resolve("new"));
    }

    private long write(Path file, byte[] header, InputStream content) throws IOException {
        // A piece that a crash left behind has the same name, and is written over.
        try (var output = disk.replace(file)) {
            output.write(header, 0, header.length);
            var size = (long) header.length;
            var lines = new UnixLines(FIRST_BLOCK);
            for (var more = lines.read(content); more; more = lines.read(content)) {
                size += put(output, lines.text());
                if (lines.isFull()) {
                    lines = lines.larger(BLOCK);
                }
            }
            size += put(output, lines.rest());
            output.force();
            return size;
        }
    }

    private static int put(Disk.Output output, ByteBuffer text) throws IOException {
        var length = text.remaining();
        if (length > 0) {
            output.write(text.array(), text.arrayOffset() + text.position(), length);
        }
        return length;
    }
}
