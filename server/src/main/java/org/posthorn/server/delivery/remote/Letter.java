package org.posthorn.server.delivery.remote;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.posthorn.protocols.wire.Content;
import org.posthorn.server.delivery.Job;
import org.posthorn.server.log.EventLog;

/**
 * What a message's sender wants of its way (RFC 8689). Its header is read when that is first asked for. Used by one
 * thread.
 */
final class Letter {

    private static final EventLog LOG = EventLog.of(Letter.class);
    private static final int MOST = 256 << 10;      // octets of header; beyond them nobody looks
    private static final String FIELD = "tls-required:";

    private final Job job;
    private Optional<Boolean> arrival = Optional.empty();

    Letter(Job job) {
        this.job = job;
    }

    /** REQUIRETLS: over verified connections alone. */
    boolean isSecret() {
        return job.message().origin().parameters().handling().requireTls();
    }

    /** {@code TLS-Required: No}, which means nothing where {@link #isSecret}. */
    boolean mustArrive() {
        if (isSecret()) {
            return false;
        }
        if (arrival.isEmpty()) {
            arrival = Optional.of(says(job.content()));
        }
        return arrival.get();
    }

    /** What cannot be read is left to the delivery itself to find out. */
    private boolean says(Content content) {
        try (var in = content.open()) {
            var header = new String(in.readNBytes(MOST), StandardCharsets.ISO_8859_1);
            for (var start = 0; start < header.length(); ) {
                var end = header.indexOf('\n', start);
                var line = header.substring(start, end < 0 ? header.length() : end).strip();
                if (line.isEmpty()) {
                    return false;
                }
                if (line.regionMatches(true, 0, FIELD, 0, FIELD.length())) {
                    return line.substring(FIELD.length()).strip().equalsIgnoreCase("no");
                }
                start = end < 0 ? header.length() : end + 1;
            }
        } catch (IOException e) {
            LOG.mail(job.message().id()).error("unreadable-header", e);
        }
        return false;
    }
}
