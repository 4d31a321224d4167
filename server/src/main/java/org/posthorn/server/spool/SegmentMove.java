package org.posthorn.server.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.posthorn.server.database.Database;
import org.posthorn.server.log.EventLog;

/**
 * Moves live bodies out of segments that hold few, as far as no message of theirs is in hand: those move another time.
 * The segments go when nothing refers to them any more. Bodies are copied while others use the tables; one force and
 * one transaction serve up to {@value #MOST_OCTETS} octets. Used by one thread.
 */
final class SegmentMove {

    private static final EventLog LOG = EventLog.of(SegmentMove.class);
    private static final int PAGE = 256;                // messages looked at in one transaction
    private static final long MOST_OCTETS = 2 << 20;    // copied at once, unless one variant alone has more

    private final Ledger ledger;
    private final Database database;
    private final SpoolTables tables;
    private final BodyStore store;
    private final ActiveSet active;
    private final Set<Slice.File> segments;
    private boolean relocating;         // the copies are the transaction's to release

    SegmentMove(Ledger ledger, Database database, SpoolTables tables, BodyStore store, ActiveSet active,
                List<Slice.File> segments) {
        this.ledger = ledger;
        this.database = database;
        this.tables = tables;
        this.store = store;
        this.active = active;
        this.segments = Set.copyOf(segments);
    }

    /** A variant, and where its octets lie before and after. */
    private record Copy(SpoolPages.Placed placed, List<Slice> before, List<Slice> after) {
    }

    private record Page(List<QueueId> ids, List<SpoolPages.Placed> placed) {
    }

    /** How many bodies were moved. */
    int run(BooleanSupplier ending) throws IOException {
        var count = 0;
        var batch = new ArrayList<SpoolPages.Placed>();
        var octets = 0L;
        for (var page = page(0); !page.ids().isEmpty() && !ending.getAsBoolean();
             page = page(page.ids().getLast().number())) {
            for (var placed : page.placed()) {
                var size = Slice.slices(placed.location()).stream().filter(this::isMoving)
                    .mapToLong(slice -> slice.body().length()).sum();
                if (octets > 0 && octets + size > MOST_OCTETS) {
                    count += move(batch);
                    batch.clear();
                    octets = 0;
                }
                if (size > 0) {
                    batch.add(placed);
                    octets += size;
                }
            }
        }
        return count + move(batch);
    }

    private Page page(long after) {
        return ledger.step(() -> database.transaction(connection -> {
            var ids = SpoolPages.unsettled(connection, after, PAGE);
            return new Page(ids, SpoolPages.locations(connection, ids));
        }));
    }

    private boolean isMoving(Slice slice) {
        return segments.contains(slice.body().file());
    }

    private int move(List<SpoolPages.Placed> batch) throws IOException {
        var fresh = new ArrayList<BodyStore.Fresh>();
        var readable = new ArrayList<SpoolPages.Placed>();
        for (var placed : batch) {
            try {
                var own = new ArrayList<BodyStore.Fresh>();
                for (var slice : Slice.slices(placed.location())) {
                    if (isMoving(slice)) {
                        own.add(octets(placed.id(), slice));
                    }
                }
                fresh.addAll(own);
                readable.add(placed);
            } catch (SliceStream.DamagedException e) {
                LOG.mail(placed.id()).warn("damaged-body-not-moved", "why", e.getMessage());
            } catch (NoSuchFileException e) {
                LOG.mail(placed.id()).debug("body-left-meanwhile", "file", e.getMessage());
            }
        }
        if (readable.isEmpty()) {
            return 0;
        }
        var appended = store.append(fresh);
        var copies = copies(readable, appended);
        relocating = false;
        try {
            return ledger.step(() -> relocate(copies, appended));
        } catch (RuntimeException e) {
            if (!relocating) {
                store.release(appended);
            }
            throw e;
        }
    }

    private BodyStore.Fresh octets(QueueId id, Slice slice) throws IOException {
        try (var in = new SliceStream(slice, store.path(slice.body().file()))) {
            return new BodyStore.Fresh(id.number(), ByteBuffer.wrap(in.readAllBytes()));
        }
    }

    private List<Copy> copies(List<SpoolPages.Placed> all, List<Slice> appended) {
        var copies = new ArrayList<Copy>();
        var next = appended.iterator();
        for (var placed : all) {
            var before = Slice.slices(placed.location());
            copies.add(new Copy(placed, before,
                before.stream().map(slice -> isMoving(slice) ? next.next() : slice).toList()));
        }
        return copies;
    }

    private int relocate(List<Copy> copies, List<Slice> appended) {
        relocating = true;
        var ids = copies.stream().map(copy -> copy.placed().id()).distinct().toList();
        var absent = new HashSet<>(active.absent(ids));
        var moved = new ArrayList<Copy>();
        try {
            database.transaction(connection -> {
                moved.clear();
                moved.addAll(movable(connection, copies, absent));
                tables.relocate(connection, moved.stream().map(copy -> new SpoolPages.Placed(copy.placed().id(),
                    copy.placed().number(), Slice.location(copy.after()))).toList());
                return moved;
            });
        } catch (RuntimeException e) {
            ledger.failed(e, connection -> tables.relocate(connection, moved.stream().map(Copy::placed).toList()),
                () -> store.release(appended));
            throw e;
        }
        var count = 0;
        for (var copy : moved) {
            store.retain(copy.after().stream().filter(slice -> !copy.before().contains(slice)).toList());
            var left = copy.before().stream().filter(this::isMoving).toList();
            store.release(left);
            count += left.size();
        }
        store.release(appended);        // what was relocated is referred to by its row now
        return count;
    }

    private List<Copy> movable(Connection connection, List<Copy> copies, Set<QueueId> absent) throws SQLException {
        var unsettled = new HashSet<QueueId>();
        for (var id : absent) {
            tables.message(connection, id).filter(row -> row.settled() == 0 && ledger.isInTables(id))
                .ifPresent(row -> unsettled.add(row.id()));
        }
        var still = new HashSet<>(SpoolPages.locations(connection, List.copyOf(unsettled)));
        return copies.stream().filter(copy -> still.contains(copy.placed())).toList();
    }
}
