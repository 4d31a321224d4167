package org.posthorn.server.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/**
 * How the command line finds the server: {@code admin.address} holds {@code ADDRESS:PORT} while it runs,
 * {@code admin.token} the secret. Only the owner can read them.
 *
 * @param data the home's data directory
 */
public record AdminFiles(Path data) {

    private static final int TOKEN_OCTETS = 32;
    private static final int SHORTEST_TOKEN = 32;   // characters
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    /** The file with the token. */
    public Path tokenFile() {
        return data.resolve("admin.token");
    }

    /** The file with the running server's address. */
    public Path addressFile() {
        return data.resolve("admin.address");
    }

    /** The token, if there is one. */
    public Optional<String> token() throws IOException {
        return read(tokenFile());
    }

    /** Where the server listens, if it says so. */
    public Optional<String> address() throws IOException {
        return read(addressFile());
    }

    /** The token; made at random when there is none yet. */
    String tokenOrNew(SecureRandom random) throws IOException {
        var octets = new byte[TOKEN_OCTETS];
        random.nextBytes(octets);
        var fresh = Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
        Files.createDirectories(data);
        try {
            Files.createFile(tokenFile(), PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            Files.writeString(tokenFile(), fresh + "\n");
            return fresh;
        } catch (FileAlreadyExistsException e) {
            var token = token().orElse("");
            if (token.length() < SHORTEST_TOKEN) {
                throw new IOException(tokenFile() + " holds no token of at least " + SHORTEST_TOKEN
                    + " characters; delete it, and the next start makes a new one", e);
            }
            if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(tokenFile()))) {
                throw new IOException(tokenFile() + " can be read by others; run: chmod 600 " + tokenFile(), e);
            }
            return token;
        }
    }

    /** Tells where the server listens, all at once. */
    void publish(String address) throws IOException {
        var draft = Files.createTempFile(data, "admin", ".address", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        Files.writeString(draft, address + "\n");
        Files.move(draft, addressFile(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** The server listens no more. */
    void withdraw() throws IOException {
        Files.deleteIfExists(addressFile());
    }

    private static Optional<String> read(Path file) throws IOException {
        try {
            return Optional.of(Files.readString(file, StandardCharsets.UTF_8).strip()).filter(text -> !text.isEmpty());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
