package org.posthorn.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A file whose first line is a secret, which only its owner may have rights to.
 *
 * @param path where it lies
 */
public record SecretFile(Path path) {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    /**
     * The secret that it holds now.
     *
     * @throws IOException when it cannot be had; says why and what to do
     */
    public String read() throws IOException {
        if (!Files.isReadable(path)) {
            throw new IOException("the file " + path + " cannot be read; its first line should be the secret");
        }
        if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(path))) {
            throw new IOException(path + " can be read by others; run: chmod 600 " + path);
        }
        var lines = Files.readAllLines(path);
        if (lines.isEmpty() || lines.getFirst().isEmpty()) {
            throw new IOException("the file " + path + " has no secret in its first line");
        }
        return lines.getFirst();
    }
}
