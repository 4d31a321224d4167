package org.posthorn.server.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.posthorn.server.log.EventLog;

/**
 * What was committed and the tables may not know yet: a {@link JournalRecord} for each commit, in files that are
 * written from their beginning to their end, and removed when the tables know all of it.
 *
 * <p>A file has all its octets, zeros, before it is used: what is written over them is one flush and changes nothing
 * else of the file, and needs no room on a full disk. It begins with a record that says which number comes first; what
 * an older file has from that number on never happened. So nothing is ever written behind an end that may be torn, and
 * a commit whose write failed is taken back by a new file.
 *
 * <p>Used by one thread at a time.
 */
final class JournalFiles {

    private static final EventLog LOG = EventLog.of(JournalFiles.class);
    private static final String SUFFIX = ".journal";
    private static final String NAME = "[0-9]{10,18}\\" + SUFFIX;

    private final Disk disk;
    private final Path directory;
    private final int size;
    private final Deque<Ended> ended = new ArrayDeque<>();      // oldest first
    private Optional<Current> current = Optional.empty();
    private long lastFile;

    /**
     * Touches nothing yet.
     *
     * @param size octets of a file; one record that is larger has one of its own
     */
    JournalFiles(Disk disk, Path directory, int size) {
        this.disk = disk;
        this.directory = directory;
        this.size = size;
    }

    /** A file that is not written to any more, and the number of its last record. */
    private record Ended(Path file, long last) {
    }

    /** The file that is written to. */
    private static final class Current {
        private final Path file;
        private final Disk.Output output;
        private long left;
        private long last;

        Current(Path file, Disk.Output output, long left, long last) {
            this.file = file;
            this.output = output;
            this.left = left;
            this.last = last;
        }
    }

    /**
     * Reads all commits after that number, in their order; their numbers follow it without a gap.
     *
     * @throws IOException when one that was durable is not there as it was, or the files cannot be read
     */
    List<byte[]> start(long after) throws IOException {
        close();
        ended.clear();
        disk.createDirectories(directory);
        var read = new ArrayList<JournalFile>();
        for (var path : paths()) {
            lastFile = number(path);
            JournalFile.read(path).ifPresentOrElse(read::add, () -> remove(path));
        }
        var commits = new ArrayList<byte[]>();
        var next = after + 1;
        for (var i = 0; i < read.size(); i++) {
            var file = read.get(i);
            var end = i + 1 < read.size() ? read.get(i + 1).first() : Long.MAX_VALUE;
            var last = file.first() - 1;
            check(file.first(), next, file);
            for (var commit : file.commits()) {
                if (commit.number() >= end) {
                    break;
                }
                last = commit.number();
                if (last > after) {
                    check(last, next++, file);
                    commits.add(commit.octets());
                }
            }
            ended.add(new Ended(file.path(), last));
        }
        return commits;
    }

    private static void check(long found, long next, JournalFile file) throws IOException {
        if (found > next) {
            throw new IOException(JournalFile.damaged(file.path(), "the commits " + next + " to " + (found - 1)
                + " are missing before " + found));
        }
    }

    private List<Path> paths() throws IOException {
        try (var all = Files.list(directory)) {
            return all.filter(path -> path.getFileName().toString().matches(NAME))
                .sorted(Comparator.comparingLong(JournalFiles::number)).toList();
        }
    }

    private static long number(Path path) {
        var name = path.getFileName().toString();
        return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
    }

    /**
     * Makes sure that a commit has its place.
     *
     * @throws IOException when there is none: nothing of the commit was written
     */
    void prepare(long number, PackedOutput octets) throws IOException {
        var needed = JournalRecord.HEADER + octets.size();
        if (current.isPresent() && current.get().left < needed) {
            close();
        }
        if (current.isEmpty()) {
            begin(number, needed);
        }
    }

    /**
     * Writes a commit to the place that was {@linkplain #prepare prepared} for it, and returns when it is durable.
     *
     * @throws IOException when that is not known: it is to be {@linkplain #takeBack taken back}
     */
    void append(long number, PackedOutput octets) throws IOException {
        var record = JournalRecord.commit(number, octets);
        var file = current.orElseThrow();
        try {
            file.output.write(record, 0, record.length);
            file.output.force();
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
        file.left -= record.length;
        file.last = number;
    }

    /** Returns when it is durable that nothing happened from that number on. */
    void takeBack(long number) throws IOException {
        close();
        begin(number, 0);
    }

    private void begin(long number, int needed) throws IOException {
        var path = directory.resolve("%010d%s".formatted(lastFile + 1, SUFFIX));
        var octets = Math.max(size, needed + JournalRecord.HEADER);
        var head = JournalRecord.first(number);
        lastFile++;
        try {
            var output = disk.createZeroed(path, octets);
            current = Optional.of(new Current(path, output, octets - head.length, number - 1));
            output.write(head, 0, head.length);
            output.force();
            disk.forceDirectory(directory);
        } catch (IOException | RuntimeException | Error e) {
            close();
            remove(path);
            throw e;
        }
    }

    /** The tables know everything up to there: files that say no more are removed. */
    void forget(long upTo) {
        while (!ended.isEmpty() && ended.getFirst().last() <= upTo) {
            remove(ended.removeFirst().file());
        }
    }

    private void remove(Path path) {
        try {
            disk.delete(path);
        } catch (IOException e) {
            LOG.warn("journal-file-not-removed", "file", path, "why", e.getMessage());
        }
    }

    /** Ends the file that is written to; what is in it stays. */
    void close() {
        if (current.isPresent()) {
            var last = current.get();
            current = Optional.empty();
            ended.add(new Ended(last.file, last.last));
            try {
                last.output.close();
            } catch (IOException e) {
                LOG.warn("journal-file-not-closed", "file", last.file, "why", e.getMessage());
            }
        }
    }
}
