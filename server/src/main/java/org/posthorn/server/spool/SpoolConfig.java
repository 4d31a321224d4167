package org.posthorn.server.spool;

import java.nio.file.Path;
import java.time.Duration;
import org.posthorn.server.config.Section;

/**
 * How the spool keeps things, from {@code conf/spool.xml}.
 *
 * @param data the server's data directory; what is named below lies in it
 * @param segmentSize octets after which a new segment file is begun
 * @param inlineLimit a body of more octets gets a file of its own
 * @param activeLimit how many ready or claimed recipients are kept in memory
 * @param retention how long rows and history of settled messages are kept
 * @param batch how many changes share one commit at most
 * @param waiting how many changes may wait for the commit before more are refused
 * @param patience how long a change waits for its turn
 * @param reserve free octets below which no new message is taken, so that what is here can still be settled
 * @param draftMemory octets of messages on their way into the spool that are held in memory, all together; more go on
 *     in files of their own
 */
public record SpoolConfig(Path data, long segmentSize, int inlineLimit, int activeLimit, Duration retention, int batch,
                          int waiting, Duration patience, long reserve, long draftMemory, int recentMemory) {

    private static final int LARGEST_INLINE = 16 << 20;
    /** Of the heap: what drafts hold is written to a segment from a second array, and there is much else. */
    private static final int HEAP_SHARE = 8;
    private static final int JOURNAL_SHARE = 16;
    private static final int RECENT = 256 << 10;
    private static final int LARGEST_RECENT = 1 << 30;

    /** Checks the bounds. */
    public SpoolConfig {
        data = data.toAbsolutePath().normalize();
        if (segmentSize < 1 || inlineLimit < 0 || inlineLimit > LARGEST_INLINE || activeLimit < 1 || batch < 1
            || waiting < 1 || retention.isNegative() || patience.isNegative() || reserve < 0
            || draftMemory < 0 || recentMemory < 0) {
            throw new IllegalArgumentException("not within its bounds: a spool in " + data);
        }
    }

    /** With the default memory: for drafts an eighth of the heap, for what was just accepted 256 KiB. */
    public SpoolConfig(Path data, long segmentSize, int inlineLimit, int activeLimit, Duration retention, int batch,
                       int waiting, Duration patience, long reserve) {
        this(data, segmentSize, inlineLimit, activeLimit, retention, batch, waiting, patience, reserve,
            Runtime.getRuntime().maxMemory() / HEAP_SHARE, RECENT);
    }

    /** The defaults. */
    public static SpoolConfig of(Path home) {
        return new SpoolConfig(home.resolve("data"), 64L << 20, 256 << 10, 20_000, Duration.ofDays(7), 256, 10_000,
            Duration.ofMinutes(1), 32L << 20);
    }

    /** Reads {@code <spool>}; mistakes become problems of the section. */
    public static SpoolConfig read(Section section, Path home) {
        var defaults = of(home);
        var segmentSize = octets(section, "segment-size", defaults.segmentSize, 1 << 20, 1L << 31);
        var inlineLimit = octets(section, "inline-limit", defaults.inlineLimit, 0, LARGEST_INLINE);
        var reserve = octets(section, "reserve", defaults.reserve, 0, 1L << 50);
        var draftMemory = octets(section, "draft-memory", defaults.draftMemory, 0, 1L << 40);
        var recentMemory = octets(section, "recent-memory", defaults.recentMemory, 0, LARGEST_RECENT);
        var activeLimit = section.integer("active-limit", defaults.activeLimit, 100, 1_000_000);
        var batch = section.integer("commit-batch", defaults.batch, 1, 1000);
        var waiting = section.integer("commit-waiting", defaults.waiting, 1, 1_000_000);
        var retention = section.duration("history-retention", defaults.retention);
        var patience = section.duration("commit-patience", defaults.patience);
        return new SpoolConfig(defaults.data, segmentSize, (int) inlineLimit, activeLimit, retention, batch, waiting,
            patience, reserve, draftMemory, (int) recentMemory);
    }

    private static long octets(Section section, String key, long fallback, long min, long max) {
        var value = section.octets(key, fallback);
        if (value < min || value > max) {
            section.problem(key + ": expected " + min + " to " + max + " octets, found " + value);
            return fallback;
        }
        return value;
    }

    /** Where bodies lie. */
    Path directory() {
        return data.resolve("spool");
    }

    /** Where small bodies lie, many in a file. */
    Path segments() {
        return directory().resolve("segments");
    }

    /** Where large bodies lie, each in its file. */
    Path files() {
        return directory().resolve("files");
    }

    /** Where commits lie that the tables may not know yet. */
    Path journal() {
        return directory().resolve("journal");
    }

    /** Octets of one of its files: a sixteenth of a segment, since so much is said of so many bodies. */
    int journalFile() {
        return (int) (segmentSize / JOURNAL_SHARE);
    }

    /** Where damaged bodies are set aside. */
    Path corrupt() {
        return data.resolve("corrupt");
    }

    /** The file whose lock says that this spool is in use. */
    Path lockFile() {
        return data.resolve("spool.lock");
    }
}
