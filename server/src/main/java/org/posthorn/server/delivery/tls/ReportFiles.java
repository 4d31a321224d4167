package org.posthorn.server.delivery.tls;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.posthorn.server.WholeFile;
import org.posthorn.server.log.EventLog;

/** Counts that outlast a restart: a file for each day in {@code data/tls/reports}. */
@Singleton
final class ReportFiles {

    private static final EventLog LOG = EventLog.of(ReportFiles.class);
    private static final Pattern NAME = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");

    private final Path directory;

    @Inject
    ReportFiles(TlsConfig config) {
        this.directory = config.data().resolve("reports");
    }

    /** Nothing means that there is no such day any more. */
    void write(LocalDate day, byte[] octets) {
        try {
            if (octets.length == 0) {
                Files.deleteIfExists(directory.resolve(day.toString()));
                return;
            }
            Files.createDirectories(directory);
            WholeFile.write(directory.resolve(day.toString()), octets, "rw-------");
        } catch (IOException e) {
            LOG.error("tls-counts-unwritten", e, "day", day);
        }
    }

    /** All days; what cannot be read is told and left where it is. */
    Map<LocalDate, ReportTally> read() {
        var all = new TreeMap<LocalDate, ReportTally>();
        try (var files = Files.newDirectoryStream(directory, file -> NAME.matcher(file.getFileName().toString())
            .matches())) {
            for (var file : files) {
                try (var in = new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
                    all.put(LocalDate.parse(file.getFileName().toString()), ReportTally.read(in));
                } catch (IOException e) {
                    LOG.error("tls-counts-unread", e, "file", file);
                }
            }
        } catch (NoSuchFileException e) {
            return all;     // nothing was ever written
        } catch (IOException e) {
            LOG.error("tls-counts-unread", e, "directory", directory);
        }
        return all;
    }
}
