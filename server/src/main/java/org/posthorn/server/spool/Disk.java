package org.posthorn.server.spool;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What the body store asks of a disk, so that tests can count it and make it fail. Thread-safe. */
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

    /** Returns when the directory's entries are durable: a new file's name is one. */
    void forceDirectory(Path directory) throws IOException;

    /** Octets that we may still write to the disk that holds the directory. */
    long usable(Path directory) throws IOException;

    /** A file that grows at its end. Used by one thread at a time. */
    interface Output extends Closeable {

        /** Appends the octets. */
        void write(byte[] octets, int offset, int length) throws IOException;

        /** Returns when all that was written is durable. */
        void force() throws IOException;
    }

    /** The operating system's. */
    final class Real implements Disk {
        private Real() {
        }

        @Override public Output create(Path file) throws IOException {
            Files.createFile(file);
            // Not a channel: an interrupt of the writing thread would close it.
            return new RealOutput(new FileOutputStream(file.toFile(), true));
        }

        @Override public void forceDirectory(Path directory) throws IOException {
            try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
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
}
