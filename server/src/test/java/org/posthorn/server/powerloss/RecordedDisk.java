package org.posthorn.server.powerloss;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Optional;
import org.posthorn.server.spool.Disk;

/** A real disk whose changes are noted. */
public final class RecordedDisk implements Disk {

    private final Disk real = Disk.real();
    private final Recording recording;
    private final Optional<Volume> whole = Optional.of(this::forceAll);

    /** Notes into that recording. */
    public RecordedDisk(Recording recording) {
        this.recording = recording;
    }

    @Override public Output create(Path file) throws IOException {
        var output = real.create(file);
        return new Noted(output, recording.opened(file));
    }

    @Override public Output createZeroed(Path file, int octets) throws IOException {
        var output = real.createZeroed(file, octets);
        var number = recording.opened(file);
        recording.write(number, 0, new byte[octets], 0, octets);
        recording.forced(number, recording.now());
        return new Noted(output, number);
    }

    @Override public Output replace(Path file) throws IOException {
        var output = real.replace(file);
        var number = recording.opened(file);
        recording.cut(number, 0);
        return new Noted(output, number);
    }

    @Override public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
        var isNew = !Files.isDirectory(directory);
        real.createDirectory(directory, attributes);
        if (isNew) {
            recording.directory(directory);
        }
    }

    @Override public void move(Path file, Path to) throws IOException {
        real.move(file, to);
        recording.moved(file, to);
    }

    @Override public void delete(Path file) throws IOException {
        recording.removed(file);
        real.delete(file);
    }

    @Override public void forceDirectory(Path directory) throws IOException {
        var since = recording.now();
        real.forceDirectory(directory);
        recording.forcedDirectory(directory, since);
    }

    /** Recorded even where the real disk has none. */
    @Override public Optional<Volume> volume(Path directory) {
        return whole;
    }

    private void forceAll() {
        recording.forcedAll(recording.now());
    }

    @Override public long usable(Path directory) {
        return Long.MAX_VALUE;
    }

    /** One file that grows. */
    private final class Noted implements Output {
        private final Output output;
        private final int file;
        private long length;

        Noted(Output output, int file) {
            this.output = output;
            this.file = file;
        }

        @Override public void write(byte[] octets, int offset, int count) throws IOException {
            output.write(octets, offset, count);
            recording.write(file, length, octets, offset, count);
            length += count;
        }

        @Override public void force() throws IOException {
            var since = recording.now();
            output.force();
            recording.forced(file, since);
        }

        @Override public void close() throws IOException {
            output.close();
        }
    }
}
