package org.posthorn.server.listen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.posthorn.server.log.EventLog;

/**
 * The TLS context for the next handshake: a renewed certificate is in use a minute after its files have changed. Files
 * that cannot be used are logged, and the old certificate stays. Thread-safe: one lock guards what is loaded.
 */
final class RenewingTls implements Supplier<SSLContext> {

    private static final EventLog LOG = EventLog.of(RenewingTls.class);
    private static final Duration LOOK_EVERY = Duration.ofMinutes(1);

    private final CertificateFiles files;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private SSLContext context;
    private List<FileTime> written;
    private Instant looked;

    RenewingTls(CertificateFiles files, InstantSource clock) throws IOException {
        this.files = files;
        this.clock = clock;
        this.written = written();
        this.context = files.load();
        this.looked = clock.instant();
    }

    @Override public SSLContext get() {
        lock.lock();
        try {
            var now = clock.instant();
            if (Duration.between(looked, now).abs().compareTo(LOOK_EVERY) >= 0) {
                looked = now;
                renew();
            }
            return context;
        } finally {
            lock.unlock();
        }
    }

    private void renew() {
        try {
            var current = written();
            if (!current.equals(written)) {
                context = files.load();
                written = current;
                LOG.info("certificate-renewed", "file", files.certificate());
            }
        } catch (IOException e) {
            LOG.warn("certificate-not-renewed", "file", files.certificate(), "why", e.getMessage());
        }
    }

    private List<FileTime> written() throws IOException {
        return List.of(Files.getLastModifiedTime(files.certificate()), Files.getLastModifiedTime(files.key()));
    }
}
