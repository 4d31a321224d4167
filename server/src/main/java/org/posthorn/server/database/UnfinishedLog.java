package org.posthorn.server.database;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import org.posthorn.server.log.EventLog;

/**
 * A log file that Derby was about to begin when the power failed: its header is not whole. Nothing can be in it, since
 * Derby forces the header before it writes on; but Derby refuses to open the database then.
 *
 * <p>The header, big endian: a format number, a version, the file's number (8 octets), the end of the file before (8).
 */
final class UnfinishedLog {

    private static final EventLog LOG = EventLog.of(UnfinishedLog.class);
    private static final int HEADER = 24;
    private static final int FORMAT_AND_VERSION = 8;
    private static final String PREFIX = "log";
    private static final String SUFFIX = ".dat";

    private UnfinishedLog() {
    }

    private record File(Path path, long number) {
    }

    /** Removes it, from a database that nobody has open; false when there is none. */
    static boolean remove(Path database) throws IOException {
        try (var files = Files.list(database.resolve("log"))) {
            var all = files.filter(UnfinishedLog::isLog).map(UnfinishedLog::file)
                .sorted(Comparator.comparingLong(File::number)).toList();
            if (all.size() > 1 && isUnfinished(all.getLast(), all.get(all.size() - 2))) {
                Files.delete(all.getLast().path());
                LOG.warn("unfinished-log-removed", "file", all.getLast().path());
                return true;
            }
            return false;
        }
    }

    private static boolean isLog(Path path) {
        return String.valueOf(path.getFileName()).matches("log[0-9]{1,18}\\.dat");
    }

    private static File file(Path path) {
        var name = String.valueOf(path.getFileName());
        return new File(path, Long.parseLong(name.substring(PREFIX.length(), name.length() - SUFFIX.length())));
    }

    /** A longer one was begun, whatever is in it now: that is for Derby to judge. */
    private static boolean isUnfinished(File last, File before) throws IOException {
        if (Files.size(last.path()) > HEADER) {
            return false;
        }
        var header = header(last.path());
        var usual = header(before.path());
        return header.remaining() < HEADER || header.getLong(FORMAT_AND_VERSION) != last.number()
            || usual.remaining() < HEADER
            || header.getLong(0) != usual.getLong(0) || header.getLong(FORMAT_AND_VERSION * 2) == 0;
    }

    private static ByteBuffer header(Path file) throws IOException {
        var header = ByteBuffer.allocate(HEADER);
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (var count = 0; count >= 0 && header.hasRemaining();) {
                count = channel.read(header);
            }
        }
        return header.flip();
    }
}
