package org.posthorn.server.powerloss;

import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.derby.impl.io.DirStorageFactory;
import org.apache.derby.io.StorageFile;
import org.apache.derby.io.WritableStorageFactory;

/**
 * Derby's storage in a directory, whose changes are noted: what the property {@code derby.subSubProtocol.directory}
 * names while {@link #noting} runs. Derby makes it itself, so the recording is handed over in a static field.
 */
public final class RecordedStorage implements WritableStorageFactory {

    private static final String PROPERTY = "derby.subSubProtocol.directory";
    private static final AtomicReference<Recording> CURRENT = new AtomicReference<>();

    private final DirStorageFactory real = new DirStorageFactory();
    private final Recording recording = CURRENT.get();

    /** Opens something of Derby's. */
    public interface Opening {
        void run() throws IOException;
    }

    /** Databases that are opened meanwhile are noted until they are closed. */
    public static void noting(Recording recording, Opening opening) throws IOException {
        CURRENT.set(recording);
        System.setProperty(PROPERTY, RecordedStorage.class.getName());
        try {
            opening.run();
        } finally {
            System.clearProperty(PROPERTY);
        }
    }

    private StorageFile noted(StorageFile file) {
        return recording.has(Path.of(file.getPath())) ? new RecordedFile(file, recording) : file;
    }

    private static StorageFile real(StorageFile file) {
        return file instanceof RecordedFile noted ? noted.real() : file;
    }

    @Override public void init(String home, String database, String temporary, String unique) throws IOException {
        real.init(home, database, temporary, unique);
    }

    @Override public void shutdown() {
        real.shutdown();
    }

    @Override public String getCanonicalName() throws IOException {
        return real.getCanonicalName();
    }

    @Override public void setCanonicalName(String name) {
        real.setCanonicalName(name);
    }

    @Override public StorageFile newStorageFile(String path) {
        return noted(real.newStorageFile(path));
    }

    @Override public StorageFile newStorageFile(String directory, String name) {
        return noted(real.newStorageFile(directory, name));
    }

    @Override public StorageFile newStorageFile(StorageFile directory, String name) {
        return noted(real.newStorageFile(real(directory), name));
    }

    @Override public char getSeparator() {
        return real.getSeparator();
    }

    @Override public StorageFile getTempDir() {
        return real.getTempDir();
    }

    @Override public boolean isFast() {
        return real.isFast();
    }

    @Override public boolean isReadOnlyDatabase() {
        return real.isReadOnlyDatabase();
    }

    @Override public boolean supportsRandomAccess() {
        return real.supportsRandomAccess();
    }

    @Override public int getStorageFactoryVersion() {
        return real.getStorageFactoryVersion();
    }

    @Override public StorageFile createTemporaryFile(String prefix, String suffix) throws IOException {
        return real.createTemporaryFile(prefix, suffix);
    }

    @Override public boolean supportsWriteSync() {
        return real.supportsWriteSync();
    }

    @Override public void sync(OutputStream stream, boolean metadata) throws IOException {
        var noted = stream instanceof Stream known ? Optional.of(known) : Optional.<Stream>empty();
        var since = recording.now();
        real.sync(noted.map(Stream::real).orElse(stream), metadata);
        noted.ifPresent(known -> recording.forced(known.file, since));
    }

    /** A stream into a file. */
    static final class Stream extends FilterOutputStream {
        private final Recording recording;
        private final int file;
        private long at;

        Stream(FileOutputStream real, Recording recording, int file, long at) {
            super(real);
            this.recording = recording;
            this.file = file;
            this.at = at;
        }

        OutputStream real() {
            return out;
        }

        @Override public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override public void write(byte[] octets, int offset, int length) throws IOException {
            out.write(octets, offset, length);
            recording.write(file, at, octets, offset, length);
            at += length;
        }
    }
}
