package org.posthorn.server.delivery.tls;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.posthorn.server.WholeFile;
import org.posthorn.server.log.EventLog;

/**
 * Policies that outlast a restart: a file each in {@code data/tls/mta-sts}, named like its domain. What cannot be
 * written is told and kept in memory alone, as are those of domains with more than 150 characters; what cannot be read
 * counts as not there, and is fetched again.
 */
@Singleton
final class StsFiles {

    private static final EventLog LOG = EventLog.of(StsFiles.class);
    private static final Pattern NAME = Pattern.compile("[a-z0-9_][a-z0-9_.-]{0,149}");

    private final Path directory;

    @Inject
    StsFiles(TlsConfig config) {
        this.directory = config.data().resolve("mta-sts");
    }

    void write(StsPolicies.Kept kept) {
        if (!NAME.matcher(kept.domain()).matches()) {
            return;
        }
        var text = kept.id() + " " + kept.fetched() + "\n" + String.join("\n", kept.policy().lines()) + "\n";
        try {
            Files.createDirectories(directory);
            WholeFile.write(directory.resolve(kept.domain()), text.getBytes(StandardCharsets.UTF_8), "rw-------");
        } catch (IOException e) {
            LOG.error("mta-sts-unwritten", e, "domain", kept.domain());
        }
    }

    Optional<StsPolicies.Kept> read(String domain) {
        if (!NAME.matcher(domain).matches()) {
            return Optional.empty();
        }
        try {
            var text = Files.readString(directory.resolve(domain));
            var end = text.indexOf('\n');
            var first = text.substring(0, Math.max(end, 0)).split(" ", -1);
            return StsPolicy.parse(text.substring(end + 1))
                .map(policy -> new StsPolicies.Kept(domain, first[0], Instant.parse(first[1]), policy));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | DateTimeException | ArrayIndexOutOfBoundsException e) {
            LOG.error("mta-sts-unread", e, "domain", domain);
            return Optional.empty();
        }
    }

    List<StsPolicies.Kept> all() {
        var all = new ArrayList<StsPolicies.Kept>();
        try (var files = Files.newDirectoryStream(directory, file -> NAME.matcher(file.getFileName().toString())
            .matches())) {
            for (var file : files) {
                read(file.getFileName().toString()).ifPresent(all::add);
            }
        } catch (NoSuchFileException e) {
            return List.of();   // nothing was ever written
        } catch (IOException e) {
            LOG.error("mta-sts-unread", e, "directory", directory);
        }
        return all;
    }

    void remove(String domain) {
        try {
            Files.deleteIfExists(directory.resolve(domain));
        } catch (IOException e) {
            LOG.error("mta-sts-unwritten", e, "domain", domain);
        }
    }
}
