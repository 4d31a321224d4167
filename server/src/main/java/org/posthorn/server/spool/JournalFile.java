package org.posthorn.server.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file of the journal as a start finds it.
 *
 * @param first the number of its first commit; what older files have from there on never happened
 * @param commits in their order
 */
record JournalFile(Path path, long first, List<JournalRecord> commits) {

    /** Copies the list. */
    JournalFile {
        commits = List.copyOf(commits);
    }

    /**
     * Reads a file up to its end, which may be torn: what is there of the last commit was not durable.
     *
     * @return empty for one that was made and never begun
     * @throws IOException when there are commits behind what cannot be read
     */
    static Optional<JournalFile> read(Path path) throws IOException {
        var octets = Files.readAllBytes(path);
        var first = JournalRecord.firstOf(octets);
        var commits = new ArrayList<JournalRecord>();
        var end = first.isPresent() ? JournalRecord.HEADER : 0;
        if (first.isPresent()) {
            for (var next = JournalRecord.commitAt(octets, end); next.isPresent();
                 next = JournalRecord.commitAt(octets, end)) {
                commits.add(next.get());
                end += JournalRecord.HEADER + next.get().octets().length;
            }
        }
        var last = commits.isEmpty() ? first.map(JournalRecord::number).orElse(0L) - 1 : commits.getLast().number();
        for (var at = end; at < octets.length; at++) {
            var behind = JournalRecord.commitAt(octets, at);
            if (behind.isPresent() && (first.isEmpty() || mayFollow(last, behind.get(), octets.length))) {
                throw new IOException(damaged(path, "what stands at octet " + end
                    + " is none of its records, but there is one at octet " + at));
            }
        }
        return first.map(record -> new JournalFile(path, record.number(), commits));
    }

    /** What a sender made to look like a record, in a torn one, hardly has such a number. */
    private static boolean mayFollow(long last, JournalRecord behind, int size) {
        return behind.number() > last && behind.number() <= last + size;
    }

    /** What an operator is told. */
    static String damaged(Path path, String what) {
        return path + " is damaged: " + what + ". Put the directory data back as it was; or move the files of its"
            + " directory away, and what was accepted or delivered in the last seconds before the end is forgotten:"
            + " lost, or delivered again (docs/administration.md)";
    }
}
