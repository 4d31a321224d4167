package org.posthorn.server.spool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;
import org.posthorn.server.log.EventLog;

/**
 * The octets of messages, on disk: small bodies one after the other in segment files, each large one in a file of its
 * own.
 *
 * <p>A record in a segment is a header of {@value #HEADER} octets (magic, length, CRC-32C, and the number of the
 * queue id that it was written for) and the octets. Bodies never change. What refers to a file is counted; a file
 * that nothing refers to any more is deleted, a segment once it is no longer written to. Rows only ever refer to what
 * was forced, so a torn end of a segment is never read: after a start a new segment is begun.
 *
 * <p>Thread-safe. One lock lets one thread append at a time; another guards the counts and the current segment, and is
 * not held while octets are written.
 */
final class BodyStore {

    static final int HEADER = 20;
    static final int MAGIC = 0x50485231;        // "PHR1"
    private static final int DIGITS = 10;       // of a file's number, at least
    private static final EventLog LOG = EventLog.of(BodyStore.class);
    private static final String NAME = "[0-9]{10,18}\\.(segment|body)";

    private final SpoolConfig config;
    private final Disk disk;
    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock appending = new ReentrantLock();
    private final Map<Slice.File, Use> uses = new HashMap<>();
    private final RecentBodies recent;
    private Optional<Current> current = Optional.empty();
    private long lastSegment;
    private long lastFile;
    private boolean directoryChanged;
    private boolean counted;            // all that the rows refer to is in the uses

    BodyStore(SpoolConfig config, Disk disk) {
        this.config = config;
        this.disk = disk;
        this.recent = new RecentBodies(config.recentMemory());
    }

    /** How a file is used. Guarded by the store's lock. */
    private static final class Use {
        private int references;
        private long octets;
    }

    /** The segment that is written to. The output is used under the appending lock. */
    private record Current(Slice.File file, Disk.Output output, Written written) {
    }

    /** How many octets a segment has. */
    private static final class Written {
        private long octets;
    }

    /**
     * One body to append.
     *
     * @param id the number of the queue id it is written for
     * @param octets in an array of the heap's
     */
    record Fresh(long id, ByteBuffer octets) {
    }

    /** A referred file and how much of it is. */
    record Fill(Slice.File file, long liveOctets, long octets) {
    }

    /** Whether there are files of bodies. */
    boolean hasBodies() throws IOException {
        for (var directory : List.of(config.segments(), config.files())) {
            if (Files.isDirectory(directory)) {
                try (var all = Files.list(directory)) {
                    if (all.anyMatch(path -> path.getFileName().toString().matches(NAME))) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Opens the store. What the rows refer to is to be {@link #retain retained}; until {@link #counted} all stays. */
    void start() throws IOException {
        try {
            disk.createDirectories(config.segments());
            disk.createDirectories(config.files());
            open();
        } catch (IOException e) {
            throw new IOException("the bodies of messages in " + config.directory() + " cannot be read: " + e
                + "; nothing was changed, put it right and start again", e);
        }
    }

    private void open() throws IOException {
        lock.lock();
        try {
            uses.clear();
            counted = false;
            files().forEach(this::noteNumber);
        } finally {
            lock.unlock();
        }
    }

    /** All that the rows refer to is retained: files that nothing refers to are removed, now and from now on. */
    void counted() throws IOException {
        var orphans = 0;
        lock.lock();
        try {
            counted = true;
            uses.keySet().forEach(this::noteNumber);
            for (var file : files()) {
                if (!uses.containsKey(file) && !isCurrent(file)) {
                    delete(file);
                    orphans++;
                }
            }
        } finally {
            lock.unlock();
        }
        if (orphans > 0) {
            LOG.debug("orphans-removed", "directory", config.directory(), "files", orphans);
        }
    }

    private List<Slice.File> files() throws IOException {
        var files = new ArrayList<Slice.File>();
        for (var kind : Slice.Kind.values()) {
            try (var all = Files.newDirectoryStream(kind == Slice.Kind.SEGMENT ? config.segments() : config.files())) {
                all.forEach(path -> numbered(kind, path).ifPresent(files::add));
            }
        }
        return files;
    }

    private boolean isCurrent(Slice.File file) {
        return current.isPresent() && current.get().file().equals(file);
    }

    private static Optional<Slice.File> numbered(Slice.Kind kind, Path path) {
        var name = path.getFileName().toString();
        return name.matches(NAME)
            ? Optional.of(new Slice.File(kind, Long.parseLong(name.substring(0, name.indexOf('.')))))
            : Optional.empty();
    }

    private void noteNumber(Slice.File file) {
        switch (file.kind()) {
            case SEGMENT -> lastSegment = Math.max(lastSegment, file.number());
            case FILE -> lastFile = Math.max(lastFile, file.number());
        }
    }

    /** Ends the current segment; what is in it stays. */
    void stop() {
        lock.lock();
        try {
            abandon();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Writes bodies to the current segment, and returns when they are durable. Each result is referred to once, by the
     * caller.
     *
     * @throws IOException when the disk failed; nothing is referred to then, and a new segment will be begun
     */
    List<Slice> append(List<Fresh> bodies) throws IOException {
        var slices = new ArrayList<Slice>(bodies.size());
        if (bodies.isEmpty()) {
            return slices;
        }
        appending.lock();
        try {
            for (var batch : batches(bodies)) {
                slices.addAll(write(batch));
            }
            force();
            return slices;
        } catch (IOException e) {
            drop();     // what a failed write or force left on the disk is unknown: never write behind it
            release(slices);
            throw e;
        } finally {
            appending.unlock();
        }
    }

    /** Bodies that are written by one call, so that a thousand small ones are not a thousand calls. */
    private static List<List<Fresh>> batches(List<Fresh> bodies) {
        var batches = new ArrayList<List<Fresh>>();
        var octets = 0;
        for (var body : bodies) {
            octets += HEADER + body.octets().remaining();
            if (batches.isEmpty() || octets > 1 << 20) {
                batches.add(new ArrayList<>());
                octets = HEADER + body.octets().remaining();
            }
            batches.getLast().add(body);
        }
        return batches;
    }

    private List<Slice> write(List<Fresh> batch) throws IOException {
        var segment = segment();
        var records = new ByteArrayOutputStream();
        var slices = new ArrayList<Slice>(batch.size());
        for (var fresh : batch) {
            var octets = fresh.octets();
            var length = octets.remaining();
            var crc = crc(octets);
            records.writeBytes(ByteBuffer.allocate(HEADER).putInt(MAGIC).putInt(length).putInt(crc)
                .putLong(fresh.id()).array());
            var offset = segment.written().octets + records.size();
            records.write(octets.array(), octets.arrayOffset() + octets.position(), length);
            slices.add(Slice.all(new Slice.Body(segment.file(), offset, length, crc)));
        }
        var octets = records.toByteArray();
        segment.output().write(octets, 0, octets.length);
        var before = segment.written().octets;
        slices.forEach(slice -> recent.add(slice.body(), octets, (int) (slice.body().offset() - before)));
        lock.lock();
        try {
            segment.written().octets += records.size();
            slices.forEach(this::count);
        } finally {
            lock.unlock();
        }
        return slices;
    }

    private Current segment() throws IOException {
        lock.lock();
        try {
            if (current.isPresent() && current.get().written().octets >= config.segmentSize()) {
                current.get().output().force();
                abandon();
            }
            if (current.isEmpty()) {
                var file = new Slice.File(Slice.Kind.SEGMENT, ++lastSegment);
                current = Optional.of(new Current(file, disk.create(path(file)), new Written()));
                directoryChanged = true;
            }
            return current.get();
        } finally {
            lock.unlock();
        }
    }

    private void force() throws IOException {
        current.orElseThrow().output().force();
        if (directoryChanged) {
            disk.forceDirectory(config.segments());
            directoryChanged = false;
        }
    }

    private void drop() {
        lock.lock();
        try {
            abandon();
        } finally {
            lock.unlock();
        }
    }

    private void abandon() {
        var ended = current;
        current = Optional.empty();
        if (ended.isPresent()) {
            try {
                ended.get().output().close();
            } catch (IOException e) {
                LOG.warn("segment-not-closed", "segment", ended.get().file().number(), "why", e.getMessage());
            }
            if (!uses.containsKey(ended.get().file())) {
                delete(ended.get().file());
            }
        }
    }

    /** A new file for one large body, referred to once, by the caller. */
    Slice.File newFile() {
        lock.lock();
        try {
            var file = new Slice.File(Slice.Kind.FILE, ++lastFile);
            uses.computeIfAbsent(file, _ -> new Use()).references++;
            return file;
        } finally {
            lock.unlock();
        }
    }

    /** The output of a {@link #newFile}. */
    Disk.Output create(Slice.File file) throws IOException {
        return disk.create(path(file));
    }

    /** Returns when the names of all large bodies' files are durable. */
    void forceNames() throws IOException {
        disk.forceDirectory(config.files());
    }

    /**
     * Opens a slice; what was just written is still in memory.
     *
     * @throws java.nio.file.NoSuchFileException when its file is not there
     * @throws SliceStream.DamagedException when it is not what was written
     */
    InputStream open(Slice slice) throws IOException {
        var known = recent.open(slice);
        return known.isPresent() ? known.get() : new SliceStream(slice, path(slice.body().file()));
    }

    /** Counts one more reference to each slice's file. */
    void retain(Collection<Slice> slices) {
        lock.lock();
        try {
            slices.forEach(this::count);
        } finally {
            lock.unlock();
        }
    }

    private void count(Slice slice) {
        var use = uses.computeIfAbsent(slice.body().file(), _ -> new Use());
        use.references++;
        use.octets += slice.length();
    }

    /** Counts one reference less to each slice's file, and deletes what nothing refers to. */
    void release(Collection<Slice> slices) {
        lock.lock();
        try {
            slices.forEach(slice -> uncount(slice.body().file(), slice.length()));
        } finally {
            lock.unlock();
        }
    }

    /** Gives up a {@link #newFile}, or the writer's reference to it. */
    void release(Slice.File file) {
        lock.lock();
        try {
            uncount(file, 0);
        } finally {
            lock.unlock();
        }
    }

    private void uncount(Slice.File file, long octets) {
        var use = uses.get(file);
        if (use == null) {
            return;
        }
        use.references--;
        use.octets -= octets;
        if (use.references <= 0) {
            uses.remove(file);
            if (!isCurrent(file)) {
                delete(file);
            }
        }
    }

    private void delete(Slice.File file) {
        if (!counted) {
            return;     // a row that was not read yet may refer to it
        }
        try {
            disk.delete(path(file));
        } catch (IOException e) {
            LOG.warn("body-file-not-deleted", "file", path(file), "why", e.getMessage());
        }
    }

    /** Whether anything refers to the file; if not, its octets may be gone. */
    boolean isLive(Slice.File file) {
        lock.lock();
        try {
            return !counted || uses.containsKey(file);
        } finally {
            lock.unlock();
        }
    }

    /** The segments that are no longer written to, and how much of each is referred to. */
    List<Fill> sealedSegments() {
        lock.lock();
        try {
            return uses.entrySet().stream()
                .filter(entry -> entry.getKey().kind() == Slice.Kind.SEGMENT)
                .filter(entry -> counted && !isCurrent(entry.getKey()))
                .map(entry -> new Fill(entry.getKey(), entry.getValue().octets, size(entry.getKey())))
                .toList();
        } finally {
            lock.unlock();
        }
    }

    private long size(Slice.File file) {
        try {
            return Files.size(path(file));
        } catch (IOException e) {
            LOG.debug("segment-size-unknown", "segment", file.number(), "why", e.getMessage());
            return 0;
        }
    }

    /** Where a file lies. */
    Path path(Slice.File file) {
        return switch (file.kind()) {
            case SEGMENT -> config.segments().resolve(digits(file.number()) + ".segment");
            case FILE -> config.files().resolve(digits(file.number()) + ".body");
        };
    }

    private static String digits(long number) {
        var digits = Long.toString(number);
        return "0".repeat(Math.max(0, DIGITS - digits.length())) + digits;
    }

    /** Octets that may still be written. */
    long usable() {
        try {
            return disk.usable(config.directory());
        } catch (IOException e) {
            throw new UncheckedIOException("the free space of " + config.directory() + " cannot be read", e);
        }
    }

    private static int crc(ByteBuffer octets) {
        var crc = new CRC32C();
        crc.update(octets.duplicate());
        return (int) crc.getValue();
    }
}
