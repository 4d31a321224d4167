package org.posthorn.server.spool;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.posthorn.protocols.wire.Content;

/**
 * Octets on their way into the body store: parts in order, each in memory, in a new file of its own, or in what the
 * store holds already.
 *
 * <p>Used by one thread at a time; the committer takes over in {@link #place}, while the writer waits.
 */
final class StoredDraft implements Draft {

    private static final int MOST_PARTS = 24;       // so many slices fit into a location's column
    private static final int FIRST = 4 << 10;       // octets: most messages and a little header fit
    private static final byte[] NOTHING = {};

    private final BodyStore store;
    private final int inlineLimit;
    private final DraftMemory heap;
    private final List<Part> parts = new ArrayList<>();
    private final Out out = new Out();
    private byte[] memory = NOTHING;
    private int filled;             // octets of memory that are written
    private long taken;             // octets that all arrays of this draft have
    private Optional<LargeBody> large = Optional.empty();
    private List<Slice> placed = List.of();
    private boolean closed;
    private boolean committed;

    StoredDraft(BodyStore store, int inlineLimit, DraftMemory heap) {
        this.store = store;
        this.inlineLimit = inlineLimit;
        this.heap = heap;
    }

    /** A stretch of octets that is complete. */
    private sealed interface Part {
        long length();

        record Memory(ByteBuffer octets) implements Part {
            @Override public long length() {
                return octets.remaining();
            }
        }

        /** In a file of a draft's, forced before a commit; or in the store since long. */
        record Stored(Slice slice, Optional<LargeBody> large) implements Part {
            @Override public long length() {
                return slice.length();
            }
        }
    }

    /** Takes octets into memory, and into a file of their own once they are many. */
    private final class Out extends OutputStream {
        @Override public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override public void write(byte[] octets, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, octets.length);
            if (closed || committed) {
                throw new IOException("the draft is closed");
            }
            if (large.isEmpty() && !makeRoom(length)) {
                var file = new LargeBody(store);
                large = Optional.of(file);
                file.write(memory, 0, filled);
                heap.give(memory.length);
                taken -= memory.length;
                memory = NOTHING;
                filled = 0;
            }
            if (large.isPresent()) {
                large.get().write(octets, offset, length);
            } else {
                System.arraycopy(octets, offset, memory, filled, length);
                filled += length;
            }
        }
    }

    /** Whether the octets fit into memory; not where the body is large, nor where all drafts hold too much. */
    private boolean makeRoom(int more) {
        var needed = (long) filled + more;
        if (needed <= memory.length) {
            return true;
        }
        var larger = (int) Math.min(inlineLimit, Math.max(Math.max(FIRST, needed), memory.length * 2L));
        if (needed > inlineLimit || !heap.take(larger - memory.length)) {
            return false;
        }
        taken += larger - memory.length;
        memory = Arrays.copyOf(memory, larger);
        return true;
    }

    @Override public OutputStream out() {
        return out;
    }

    @Override public void refer(Content original, long from) throws IOException {
        Objects.checkIndex(from, original.octets() + 1);
        var more = switch (original) {
            case StoredContent stored -> stored.slices().stream()
                .<Part>map(slice -> new Part.Stored(slice, Optional.empty())).toList();
            case StoredDraft draft -> draft.sealed();
            default -> throw new IllegalArgumentException("this content is not from this spool");
        };
        sealed();
        if (parts.size() + more.size() > MOST_PARTS || more.isEmpty()) {
            try (var in = original.open()) {
                in.skipNBytes(from);
                in.transferTo(out);
            }
            return;
        }
        var skip = from;
        for (var part : more) {
            if (skip < part.length()) {
                parts.add(hold(part, skip));
            }
            skip = Math.max(0, skip - part.length());
        }
    }

    private Part hold(Part part, long skip) {
        return switch (part) {
            case Part.Memory(var octets) -> new Part.Memory(octets.slice((int) skip, octets.remaining() - (int) skip));
            case Part.Stored(var slice, var file) -> {
                var rest = slice.without(skip);
                store.retain(List.of(rest));
                yield new Part.Stored(rest, file.map(LargeBody::shared));
            }
        };
    }

    /** Ends the part that is being written; what is written later begins another. */
    private List<Part> sealed() throws IOException {
        if (large.isPresent()) {
            var slice = large.get().slice();
            store.retain(List.of(slice));
            store.release(slice.body().file());
            parts.add(new Part.Stored(slice, large));
            large = Optional.empty();
        } else if (filled > 0) {
            parts.add(new Part.Memory(ByteBuffer.wrap(memory, 0, filled)));
            memory = NOTHING;
            filled = 0;
        }
        return List.copyOf(parts);
    }

    @Override public long octets() {
        var octets = filled + large.map(LargeBody::length).orElse(0L);
        for (var part : parts) {
            octets += part.length();
        }
        return octets;
    }

    @Override public InputStream open() throws IOException {
        var streams = new ArrayList<InputStream>();
        for (var part : sealed()) {
            streams.add(switch (part) {
                case Part.Memory(var octets) ->
                    new ByteArrayInputStream(octets.array(), octets.arrayOffset(), octets.remaining());
                case Part.Stored(var slice, _) ->
                    new StoredContent(store, List.of(slice), slice.length(), (_, _) -> { }).open();
            });
        }
        return new SequenceInputStream(Collections.enumeration(streams));
    }

    /** Makes the files of its own durable. Called by the thread that wants the commit. */
    void force() throws IOException {
        if (closed || committed) {
            throw new IOException("the draft is closed");
        }
        for (var part : sealed()) {
            if (part instanceof Part.Stored(_, var file) && file.isPresent()) {
                file.get().force(store);
            }
        }
    }

    /** The parts that are still in memory: what has to be appended to a segment for it. */
    List<BodyStore.Fresh> fresh(QueueId id) {
        var fresh = new ArrayList<BodyStore.Fresh>();
        if (placed.isEmpty()) {
            for (var part : parts) {
                if (part instanceof Part.Memory(var octets)) {
                    fresh.add(new BodyStore.Fresh(id.number(), octets));
                }
            }
        }
        return fresh;
    }

    /**
     * Where all its octets lie. Each use in a row is to be counted by the caller; those of the appended parts, which
     * {@link BodyStore#append} counted once, are this draft's from now on.
     *
     * @param appended the slices for {@link #fresh}, in order
     */
    List<Slice> place(List<Slice> appended) {
        if (placed.isEmpty()) {
            var next = appended.iterator();
            var places = new ArrayList<Slice>(parts.size());
            for (var part : parts) {
                places.add(part instanceof Part.Stored stored ? stored.slice() : next.next());
            }
            placed = List.copyOf(places);
        }
        return placed;
    }

    /** The change failed: what was appended for it is forgotten, and appended anew when it is tried again. */
    void unplace() {
        if (!committed) {
            store.release(appended());
            placed = List.of();
        }
    }

    private List<Slice> appended() {
        var appended = new ArrayList<Slice>();
        for (var i = 0; i < placed.size(); i++) {
            if (parts.get(i) instanceof Part.Memory) {
                appended.add(placed.get(i));
            }
        }
        return appended;
    }

    /** The change is durable: rows refer to the octets now, this draft does no longer. */
    void committed() {
        if (!committed) {
            committed = true;
            letGo();
        }
    }

    private void letGo() {
        heap.give(taken);
        taken = 0;
        store.release(appended());
        for (var part : parts) {
            if (part instanceof Part.Stored(var slice, _)) {
                store.release(List.of(slice));
            }
        }
    }

    @Override public void close() {
        if (closed || committed) {
            return;
        }
        closed = true;
        letGo();
        for (var part : parts) {
            if (part instanceof Part.Stored(_, var file)) {
                file.ifPresent(StoredDraft::leave);
            }
        }
        large.ifPresent(file -> {
            leave(file);
            store.release(file.file());
        });
        placed = List.of();
    }

    private static void leave(LargeBody file) {
        try {
            file.leave();
        } catch (IOException e) {
            throw new SpoolException("a body's file could not be closed", false, e);
        }
    }
}
