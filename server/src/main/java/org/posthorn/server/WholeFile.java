package org.posthorn.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Writes small files whole: under another name, forced, then moved. Who reads one sees the old or the new. */
public final class WholeFile {

    private WholeFile() {
    }

    /**
     * Puts the octets in the place of what the file held.
     *
     * @param mode who may read it, such as {@code rw-------}; at no time more may
     * @throws IOException when that failed; the old one is still there then
     */
    public static void write(Path path, byte[] octets, String mode) throws IOException {
        var directory = path.toAbsolutePath().getParent();
        var made = Files.createTempFile(directory, "." + path.getFileName(), ".new");   // rw-------, so far
        try {
            try (var file = FileChannel.open(made, StandardOpenOption.WRITE)) {
                var left = ByteBuffer.wrap(octets);
                while (left.hasRemaining()) {
                    file.write(left);
                }
                file.force(true);
            }
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(mode));
            Files.move(made, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(made);
            throw e;
        }
    }
}
