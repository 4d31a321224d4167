package org.posthorn.server.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Optional;
import org.posthorn.server.database.FaultyStorage;

/** A disk that fails together with the database's: its calls are counted with those. */
final class FaultyDisk implements Disk {

    private final Disk real = Disk.real();

    @Override public Output create(Path file) throws IOException {
        FaultyStorage.change();
        return faulty(real.create(file));
    }

    @Override public Output createZeroed(Path file, int octets) throws IOException {
        FaultyStorage.change();
        return faulty(real.createZeroed(file, octets));
    }

    @Override public Output replace(Path file) throws IOException {
        FaultyStorage.change();
        return faulty(real.replace(file));
    }

    private static Output faulty(Output output) {
        return new Output() {
            @Override public void write(byte[] octets, int offset, int length) throws IOException {
                FaultyStorage.change();
                output.write(octets, offset, length);
            }

            @Override public void force() throws IOException {
                FaultyStorage.change();
                output.force();
            }

            @Override public void close() throws IOException {
                output.close();
            }
        };
    }

    @Override public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
        real.createDirectory(directory, attributes);
    }

    @Override public void move(Path file, Path to) throws IOException {
        FaultyStorage.change();
        real.move(file, to);
    }

    @Override public void delete(Path file) throws IOException {
        real.delete(file);
    }

    @Override public void forceDirectory(Path directory) throws IOException {
        FaultyStorage.change();
        real.forceDirectory(directory);
    }

    @Override public Optional<Volume> volume(Path directory) {
        return Optional.empty();
    }

    @Override public long usable(Path directory) {
        return Long.MAX_VALUE;
    }
}
