package org.posthorn.server.powerloss;

import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import org.apache.derby.io.StorageFile;
import org.apache.derby.io.StorageRandomAccessFile;
import org.apache.derby.shared.common.error.StandardException;

/** A file or directory of Derby's whose changes are noted; those of its lock file are not. */
final class RecordedFile implements StorageFile {

    private final StorageFile real;
    private final Recording recording;

    RecordedFile(StorageFile real, Recording recording) {
        this.real = real;
        this.recording = recording;
    }

    StorageFile real() {
        return real;
    }

    private Path path() {
        return Path.of(real.getPath());
    }

    @Override public String[] list() {
        return real.list();
    }

    @Override public boolean canWrite() {
        return real.canWrite();
    }

    @Override public boolean exists() {
        return real.exists();
    }

    @Override public boolean isDirectory() {
        return real.isDirectory();
    }

    @Override public boolean delete() {
        recording.removed(path());
        return real.delete();
    }

    @Override public boolean deleteAll() {
        try (var all = Files.walk(path())) {
            all.filter(Files::isRegularFile).forEach(recording::removed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return real.deleteAll();
    }

    @Override public String getPath() {
        return real.getPath();
    }

    @Override public String getCanonicalPath() throws IOException {
        return real.getCanonicalPath();
    }

    @Override public String getName() {
        return real.getName();
    }

    @Override public boolean createNewFile() throws IOException {
        var made = real.createNewFile();
        recording.opened(path());
        return made;
    }

    @Override public boolean renameTo(StorageFile other) {
        var target = (RecordedFile) other;
        var moved = real.renameTo(target.real);
        if (moved) {
            recording.moved(path(), target.path());
        }
        return moved;
    }

    @Override public boolean mkdir() {
        var made = real.mkdir();
        if (made) {
            recording.directory(path());
        }
        return made;
    }

    @Override public boolean mkdirs() {
        var missing = new ArrayDeque<Path>();
        for (var path = path(); !Files.isDirectory(path); path = path.getParent()) {
            missing.push(path);
        }
        var made = real.mkdirs();
        missing.forEach(recording::directory);
        return made;
    }

    @Override public StorageFile getParentDir() {
        return new RecordedFile(real.getParentDir(), recording);
    }

    @Override public boolean setReadOnly() {
        return real.setReadOnly();
    }

    @Override public OutputStream getOutputStream() throws FileNotFoundException {
        return getOutputStream(false);
    }

    @Override public OutputStream getOutputStream(boolean append) throws FileNotFoundException {
        var length = append ? path().toFile().length() : 0;
        var stream = (FileOutputStream) real.getOutputStream(append);
        var file = recording.opened(path());
        recording.cut(file, length);
        return new RecordedStorage.Stream(stream, recording, file, length);
    }

    @Override public InputStream getInputStream() throws FileNotFoundException {
        return real.getInputStream();
    }

    @Override public int getExclusiveFileLock() throws StandardException {
        return real.getExclusiveFileLock();
    }

    @Override public void releaseExclusiveFileLock() {
        real.releaseExclusiveFileLock();
    }

    @Override public StorageRandomAccessFile getRandomAccessFile(String mode) throws FileNotFoundException {
        var opened = real.getRandomAccessFile(mode);
        return new RecordedAccess(opened, recording, mode.equals("r") ? -1 : recording.opened(path()),
            mode.length() > 2);
    }

    @Override public void limitAccessToOwner() throws IOException {
        real.limitAccessToOwner();
    }
}
