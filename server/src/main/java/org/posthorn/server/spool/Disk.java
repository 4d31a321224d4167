package org.posthorn.server.spool;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.posthorn.server.log.EventLog;

/**
 * What the body store and the mailboxes ask of a disk, so that tests can count it, record it and make it fail.
 * Thread-safe.
 */
public interface Disk {

    /** A disk as the operating system has it. */
    static Disk real() {
        return new Real();
    }

    /**
     * Makes a new file.
     *
     * @throws FileAlreadyExistsException when it is there
     */
    Output create(Path file) throws IOException;

    /**
     * Makes a new file of so many zeros, durable but for its name. What is written goes over them from the beginning
     * on, and behind them.
     */
    Output createZeroed(Path file, int octets) throws IOException;

    /** Makes a file that only its owner reads, or empties what was left of that name; a link is not followed. */
    Output replace(Path file) throws IOException;

    /** Makes a directory; fine when it is there. */
    void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException;

    /** Makes a directory and what is missing above it. The names of what it made are durable when it returns. */
    default void createDirectories(Path directory, FileAttribute<?>... attributes) throws IOException {
        if (!Files.isDirectory(directory)) {
            createDirectories(directory.getParent(), attributes);
            createDirectory(directory, attributes);
            forceDirectory(directory.getParent());
        }
    }

    /** Gives the file another name on the same disk, in one step. */
    void move(Path file, Path to) throws IOException;

    /** Removes the file; fine when it is not there. */
    void delete(Path file) throws IOException;

    /** Returns when the directory's entries are durable: a new file's name is one. */
    void forceDirectory(Path directory) throws IOException;

    /** The file system that holds the directory, if it can be forced as a whole; the same each time. */
    Optional<Volume> volume(Path directory) throws IOException;

    /** Octets that we may still write to the disk that holds the directory. */
    long usable(Path directory) throws IOException;

    /** A file system. */
    interface Volume {

        /**
         * Returns when all that was written, made and moved on it before is durable.
         *
         * @throws IOException when that is not known of some of it: who wrote it must force it
         */
        void force() throws IOException;
    }

    /** A file that is written from its beginning to its end. Used by one thread at a time. */
    interface Output extends Closeable {

        /** Writes the octets behind those before. */
        void write(byte[] octets, int offset, int length) throws IOException;

        /** Returns when all that was written is durable. */
        void force() throws IOException;
    }

    /** The operating system's. */
    final class Real implements Disk {
        private static final EventLog LOG = EventLog.of(Disk.class);
        private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        private static final int ZEROS = 64 << 10;      // at once
        private static final Set<OpenOption> REPLACING = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING, LinkOption.NOFOLLOW_LINKS);

        private final Map<Object, Optional<Volume>> volumes = new ConcurrentHashMap<>();    // by device

        private Real() {
        }

        @Override public Output create(Path file) throws IOException {
            Files.createFile(file);
            // Not a channel: an interrupt of the writing thread would close it.
            return new RealOutput(new FileOutputStream(file.toFile(), true));
        }

        @Override public Output createZeroed(Path file, int octets) throws IOException {
            try (var zeros = create(file)) {
                for (var left = octets; left > 0; left -= ZEROS) {
                    zeros.write(new byte[ZEROS], 0, Math.min(left, ZEROS));
                }
                zeros.force();
            }
            return new SyncedOutput(new RandomAccessFile(file.toFile(), "rwd"));
        }

        @Override public Output replace(Path file) throws IOException {
            return new ChannelOutput(FileChannel.open(file, REPLACING, OWNER_ONLY));
        }

        @Override public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
            Files.createDirectories(directory, attributes);
        }

        @Override public void move(Path file, Path to) throws IOException {
            Files.move(file, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override public void delete(Path file) throws IOException {
            Files.deleteIfExists(file);
        }

        @Override public void forceDirectory(Path directory) throws IOException {
            try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }

        @Override public Optional<Volume> volume(Path directory) throws IOException {
            if (!directory.getFileSystem().supportedFileAttributeViews().contains("unix")) {
                return Optional.empty();
            }
            var device = Files.getAttribute(directory, "unix:dev");
            var known = volumes.get(device);
            if (known != null) {
                return known;
            }
            volumes.putIfAbsent(device, opened(directory));
            return volumes.getOrDefault(device, Optional.empty());
        }

        /** Where it is not known how, for whatever reason, each file is forced by itself. */
        private static Optional<Volume> opened(Path directory) {
            try {
                return LinuxVolume.open(directory);
            } catch (IOException | RuntimeException | LinkageError e) {
                LOG.warn("volume-not-opened", "directory", directory, "why", e, "instead", "each file by itself");
                return Optional.empty();
            }
        }

        @Override public long usable(Path directory) throws IOException {
            return Files.getFileStore(directory).getUsableSpace();
        }
    }

    /** A file of the operating system's. */
    final class RealOutput implements Output {
        private final FileOutputStream out;

        private RealOutput(FileOutputStream out) {
            this.out = out;
        }

        @Override public void write(byte[] octets, int offset, int length) throws IOException {
            out.write(octets, offset, length);
        }

        @Override public void force() throws IOException {
            out.getFD().sync();
        }

        @Override public void close() throws IOException {
            out.close();
        }
    }

    /** A file of the operating system's that is written so that each write is a flush (O_DSYNC). */
    final class SyncedOutput implements Output {
        private final RandomAccessFile file;

        private SyncedOutput(RandomAccessFile file) {
            this.file = file;
        }

        @Override public void write(byte[] octets, int offset, int length) throws IOException {
            file.write(octets, offset, length);
        }

        @Override public void force() {
            // The write was one.
        }

        @Override public void close() throws IOException {
            file.close();
        }
    }

    /** A file of the operating system's that was opened with more than a stream can ask for. */
    final class ChannelOutput implements Output {
        private final FileChannel channel;

        private ChannelOutput(FileChannel channel) {
            this.channel = channel;
        }

        @Override public void write(byte[] octets, int offset, int length) throws IOException {
            for (var left = ByteBuffer.wrap(octets, offset, length); left.hasRemaining();) {
                channel.write(left);
            }
        }

        @Override public void force() throws IOException {
            channel.force(true);
        }

        @Override public void close() throws IOException {
            channel.close();
        }
    }
}
