package org.posthorn.server.app;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One server to a home: {@code data/posthorn.pid} is locked while the server runs and holds its process id.
 *
 * <p>The lock is the operating system's: a server that was killed leaves no lock behind.
 */
public final class HomeLock implements AutoCloseable {

    private final Path file;
    private final FileChannel channel;

    private HomeLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes the lock.
     *
     * @throws IOException when another server has it; the message names its process
     */
    public static HomeLock take(Home home) throws IOException {
        Files.createDirectories(home.data());
        var file = home.data().resolve("posthorn.pid");
        var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
            StandardOpenOption.WRITE);
        try {
            if (channel.tryLock(Long.MAX_VALUE - 1, 1, false) == null) {   // beyond the pid, which others may read
                throw new IOException("a server is already running on " + home.directory() + " (process "
                    + Files.readString(file).strip() + "); stop it first, or choose another home");
            }
            var pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(pid), 0);
            return new HomeLock(file, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override public void close() throws IOException {
        Files.deleteIfExists(file);
        channel.close();
    }
}
