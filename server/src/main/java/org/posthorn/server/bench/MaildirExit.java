package org.posthorn.server.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * A mailbox of one run's own.
 *
 * @param fresh its directory {@code new}
 * @param empty of that run
 */
public record MaildirExit(Path fresh, Tally empty) implements Exit {

    private static final int HEADER = 8192;   // octets, more than a server of ours puts before the id

    @Override public int soFar() throws IOException {
        return files().size();
    }

    @Override public Tally tally() throws IOException {
        for (var file : files()) {
            var arrived = arrived(file);
            header(file).lines().takeWhile(line -> !line.isEmpty()).forEach(line -> empty.saw(line, arrived));
        }
        return empty;
    }

    private List<Path> files() throws IOException {
        if (!Files.isDirectory(fresh)) {
            return List.of();   // the first message makes it
        }
        try (Stream<Path> all = Files.list(fresh)) {
            return all.toList();
        }
    }

    /** When it was renamed into its place, which is the change of its inode; else when it was written. */
    private static Instant arrived(Path file) throws IOException {
        return (file.getFileSystem().supportedFileAttributeViews().contains("unix")
            ? (FileTime) Files.getAttribute(file, "unix:ctime") : Files.getLastModifiedTime(file)).toInstant();
    }

    private static String header(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(HEADER), StandardCharsets.ISO_8859_1);
        }
    }
}
