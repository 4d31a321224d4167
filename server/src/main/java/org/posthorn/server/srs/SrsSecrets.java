package org.posthorn.server.srs;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.posthorn.server.Service;
import org.posthorn.server.WholeFile;
import org.posthorn.server.log.EventLog;

/**
 * The secrets that sign rewritten senders: a file, one secret a line, lines that begin with # left out. It is made at
 * the first start. A changed file is in use a minute later; one that cannot be used is logged, and the secrets in use
 * stay. Thread-safe: one lock guards what is loaded.
 */
@Singleton
public final class SrsSecrets implements Service {

    private static final EventLog LOG = EventLog.of(SrsSecrets.class);
    private static final Duration LOOK_EVERY = Duration.ofMinutes(1);
    private static final int OCTETS = 24;
    private static final int SHORTEST = 16;   // characters: a guessed secret lets anybody send through us

    private final Path file;
    private final SecureRandom random;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private List<byte[]> secrets = List.of();
    private FileTime written = FileTime.fromMillis(0);
    private Instant looked = Instant.MIN;

    /** Reads nothing before {@link #start}. */
    @Inject
    public SrsSecrets(SrsConfig config, SecureRandom random, InstantSource clock) {
        this.file = config.secrets();
        this.random = random;
        this.clock = clock;
    }

    @Override public void start() throws IOException {
        if (!Files.exists(file)) {
            make();
        }
        lock.lock();
        try {
            load();
        } finally {
            lock.unlock();
        }
    }

    @Override public void stop(Duration grace) {
        // nothing is open
    }

    /** Makes the file, readable by its owner alone, with one secret in it. */
    private void make() throws IOException {
        var octets = new byte[OCTETS];
        random.nextBytes(octets);
        Files.createDirectories(file.getParent());
        var text = "# They sign the return paths of forwarded mail, see docs/srs.md. The first one signs,"
            + " all are good for what comes back.\n"
            + Base64.getUrlEncoder().withoutPadding().encodeToString(octets) + "\n";
        WholeFile.write(file, text.getBytes(StandardCharsets.UTF_8), "rw-------");
        LOG.info("srs-secret-made", "file", file);
    }

    /** The secrets in use, the signing one first. */
    List<byte[]> all() {
        lock.lock();
        try {
            var now = clock.instant();
            if (secrets.isEmpty() || Duration.between(looked, now).abs().compareTo(LOOK_EVERY) >= 0) {
                renew(now);
            }
            if (secrets.isEmpty()) {
                throw new IllegalStateException("there are no secrets in " + file);
            }
            return secrets;
        } finally {
            lock.unlock();
        }
    }

    private void renew(Instant now) {
        looked = now;
        try {
            if (!Files.getLastModifiedTime(file).equals(written)) {
                load();
                LOG.info("srs-secrets-read", "file", file, "secrets", secrets.size());
            }
        } catch (IOException e) {
            LOG.warn("srs-secrets-not-read", "file", file, "why", e.toString());
        }
    }

    private void load() throws IOException {
        var time = Files.getLastModifiedTime(file);
        secrets = read(file);
        written = time;
        looked = clock.instant();
    }

    /**
     * What such a file holds.
     *
     * @throws IOException when it cannot be used; its message says so for people
     */
    static List<byte[]> read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + " is a directory; expected a file with the secrets, one a line");
        }
        var lines = Files.readAllLines(file, StandardCharsets.UTF_8).stream().map(String::strip)
            .filter(line -> !line.isEmpty() && !line.startsWith("#")).toList();
        if (lines.isEmpty()) {
            throw new IOException(file + " has no secret in it; delete it, and one is made at the next start");
        }
        if (lines.stream().anyMatch(line -> line.length() < SHORTEST)) {
            throw new IOException(file + " has a secret of fewer than " + SHORTEST + " characters; make it longer");
        }
        return lines.stream().map(line -> line.getBytes(StandardCharsets.UTF_8)).toList();
    }
}
