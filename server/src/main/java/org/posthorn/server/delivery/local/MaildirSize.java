package org.posthorn.server.delivery.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.posthorn.server.users.Quota;

/**
 * What the messages of one Maildir come to: those in {@code new} and {@code cur}, also of its folders, which are the
 * directories whose name begins with a dot (Maildir++). Each directory is counted when it is first seen, and again when
 * its time of change is another one than then. Used under its owner's lock.
 */
final class MaildirSize {

    private final Path maildir;
    private final Map<Path, Counted> counted = new HashMap<>();

    MaildirSize(Path maildir) {
        this.maildir = maildir;
    }

    /** One directory, as it was at that time of change. */
    private record Counted(FileTime changed, long octets, long messages) {
    }

    /** Counts what changed; all of it where {@code anew}. A mailbox that is not there yet holds nothing. */
    Quota held(boolean anew) throws IOException {
        var directories = directories();
        counted.keySet().retainAll(anew ? List.of() : directories);
        for (var directory : directories) {
            var changed = changed(directory);
            if (changed.isEmpty()) {
                counted.remove(directory);
            } else if (!counted.containsKey(directory)
                || !counted.get(directory).changed().equals(changed.get())) {
                // The time was taken before the count: what comes during it is counted again next time.
                counted.put(directory, count(directory, changed.get()));
            }
        }
        return new Quota(counted.values().stream().mapToLong(Counted::octets).sum(),
            counted.values().stream().mapToLong(Counted::messages).sum());
    }

    /** We put a message there ourselves: that change needs no count. */
    void delivered(long octets) throws IOException {
        var arrived = maildir.resolve("new");
        var known = counted.get(arrived);
        var changed = changed(arrived);
        if (known != null && changed.isPresent()) {
            counted.put(arrived, new Counted(changed.get(), known.octets() + octets, known.messages() + 1));
        }
    }

    private List<Path> directories() throws IOException {
        var all = new ArrayList<>(List.of(maildir.resolve("new"), maildir.resolve("cur")));
        try (var folders = Files.newDirectoryStream(maildir, ".?*")) {
            for (var folder : folders) {
                all.add(folder.resolve("new"));
                all.add(folder.resolve("cur"));
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return all;
        }
        return all;
    }

    /** Empty for what is no directory. */
    private static Optional<FileTime> changed(Path directory) throws IOException {
        try {
            var attributes = Files.readAttributes(directory, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isDirectory() ? Optional.of(attributes.lastModifiedTime()) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static Counted count(Path directory, FileTime changed) throws IOException {
        var octets = 0L;
        var messages = 0L;
        try (var files = Files.newDirectoryStream(directory)) {
            for (var file : files) {
                var size = size(file);
                octets += Math.max(0, size);
                messages += size < 0 ? 0 : 1;
            }
        }
        return new Counted(changed, octets, messages);
    }

    /** Octets of a message; -1 for what is none, or was moved or removed meanwhile. */
    private static long size(Path file) throws IOException {
        try {
            var attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isRegularFile() ? attributes.size() : -1;
        } catch (NoSuchFileException e) {
            return -1;
        }
    }
}
