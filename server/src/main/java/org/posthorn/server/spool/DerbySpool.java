package org.posthorn.server.spool;

import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.posthorn.server.database.Database;
import org.posthorn.server.database.DatabaseException;
import org.posthorn.server.log.EventLog;

/**
 * The spool on disk: rows in the database, which must run already, bodies in the {@link BodyStore}. See docs/spool.md.
 *
 * <p>Its parts: the {@link Committer} makes changes durable, the {@link Ledger} keeps tables and active set in step,
 * the {@link Keeper} tidies up behind them.
 */
public final class DerbySpool implements Spool {

    private static final EventLog LOG = EventLog.of(DerbySpool.class);

    private final SpoolConfig config;
    private final Disk disk;
    private final InstantSource clock;
    private final BodyStore store;
    private final DraftMemory memory;
    private final QueueIds ids;
    private final ActiveSet active;
    private final Ledger ledger;
    private final Damaged damaged;
    private final Committer committer;
    private final Keeper keeper;
    private final Room room;
    private Optional<FileChannel> lock = Optional.empty();

    /** A spool that opens at {@link #start}. */
    @Inject public DerbySpool(SpoolConfig config, Database database, Disk disk, InstantSource clock) {
        var tables = new SpoolTables();
        this.config = config;
        this.disk = disk;
        this.clock = clock;
        this.store = new BodyStore(config, disk);
        this.memory = new DraftMemory(config.draftMemory());
        this.ids = new QueueIds(database, tables);
        this.active = new ActiveSet(config.activeLimit(), clock);
        this.damaged = new Damaged(config, store);
        var journal = new JournalFiles(disk, config.journal(), config.journalFile());
        this.ledger = new Ledger(database, journal, ids, store, damaged, active, clock);
        this.committer = new Committer(config, store, ledger);
        this.keeper = new Keeper(config, ledger, store, clock);
        this.room = new Room(store, clock);
    }

    @Override public void start() throws IOException {
        disk.createDirectories(config.directory());
        claimDirectory();
        try {
            refuseBodiesOfAnotherDatabase();
            store.start();
            ledger.start();
            damaged.tell(this::hold);
            committer.start();
            keeper.start();
        } catch (DatabaseException | SpoolException e) {
            stop(Duration.ZERO);
            throw new IOException("the spool in " + config.data() + " cannot be read: " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            stop(Duration.ZERO);
            throw e;
        }
        var counts = counts();
        LOG.info("spool-open", "pending", counts.pending(), "routed", counts.routed(), "held", counts.held(),
            "complete", counts.complete());
    }

    /** Bodies that no row refers to are removed: not so when the rows are what is missing. */
    private void refuseBodiesOfAnotherDatabase() throws IOException {
        if (ids.noneYet() && store.hasBodies()) {
            throw new IOException("there are bodies of messages in " + config.directory() + ", but the database is"
                + " new and knows none of them: was it moved away, or its disk not mounted? Put it back; or move the"
                + " bodies away, and their messages are lost (docs/administration.md)");
        }
    }

    private void claimDirectory() throws IOException {
        var channel = FileChannel.open(config.lockFile(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var mine = false;
        try {
            mine = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            LOG.debug("spool-locked-within-this-process", "file", config.lockFile());
        }
        if (!mine) {
            channel.close();
            throw new IOException("the spool in " + config.data() + " is in use by another process:"
                + " is another Posthorn running on this home?");
        }
        lock = Optional.of(channel);
    }

    @Override public void stop(Duration grace) {
        active.stop();
        keeper.stop(grace);
        committer.stop(grace);
        ledger.stop();
        store.stop();
        try {
            if (lock.isPresent()) {
                lock.get().close();
            }
        } catch (IOException e) {
            LOG.warn("spool-lock-not-closed", "file", config.lockFile(), "why", e.getMessage());
        }
        lock = Optional.empty();
    }

    @Override public QueueId nextId() {
        return ids.next();
    }

    @Override public boolean hasRoom(long octets) {
        try {
            return room.usable() / 2 >= octets;
        } catch (UncheckedIOException e) {
            LOG.error("free-space-unknown", e, "directory", config.directory());
            return false;
        }
    }

    @Override public boolean lags() {
        return active.isFull();
    }

    @Override public Draft draft() {
        return new StoredDraft(store, config.inlineLimit(), memory);
    }

    @Override public void commit(Change change) {
        if (!change.accepted().isEmpty() && room.usable() < config.reserve()) {
            throw new SpoolException("less than " + config.reserve() + " octets are free on the spool's disk", true,
                null);
        }
        try {
            for (var draft : change.drafts()) {
                own(draft).force();
            }
        } catch (IOException e) {
            throw SpoolException.because("a body was not kept", e);
        }
        var settled = new ArrayList<Settlement>();
        for (var settlement : change.settled()) {
            settled.add(readable(settlement));
        }
        committer.commit(new Change(change.accepted(), settled));
    }

    @Override public void advance(Change change) {
        if (!(change.settled().size() == 1 && change.settled().getFirst().isOnward() && change.accepted().isEmpty()
            && readable(change.settled().getFirst()).equals(change.settled().getFirst())
            && ledger.advance(change.settled().getFirst()))) {
            commit(change);
        }
    }

    private static StoredDraft own(Draft draft) {
        if (draft instanceof StoredDraft own) {
            return own;
        }
        throw new SpoolException("this draft is not from this spool: " + draft, false, null);
    }

    /** Recipients whose octets turned out damaged are not what their holder thinks: they are held for a person. */
    private Settlement readable(Settlement settlement) {
        if (isReadable(settlement)) {
            return settlement;
        }
        var moved = new ArrayList<QueuedRecipient>();
        var history = new ArrayList<>(settlement.history());
        for (var recipient : settlement.moved()) {
            var before = unread(settlement.id(), recipient);
            moved.add(before.map(Damaged::held).orElse(recipient));
            before.ifPresent(known -> history.add(Damaged.event(clock.instant(), known)));
        }
        return new Settlement(settlement.id(), settlement.variants(), moved, settlement.added(), history);
    }

    private boolean isReadable(Settlement settlement) {
        for (var moved : settlement.moved()) {
            if (unread(settlement.id(), moved).isPresent()) {
                return false;
            }
        }
        return true;
    }

    /** The claimed recipient as it was, if its octets are damaged and nobody has them. */
    private Optional<QueuedRecipient> unread(QueueId id, QueuedRecipient moved) {
        return moved.state().somebodyHasThem() ? Optional.empty()
            : active.claimed(id, moved.number()).filter(before -> damaged.isKnown(id, before.variant()));
    }

    /**
     * Holds what nobody has claimed of a message whose octets are damaged; what is claimed is held when it comes back.
     */
    private void hold(QueueId id) {
        try {
            ledger.move(id, recipient -> damaged.isKnown(id, recipient.variant())
                && !(recipient.state() instanceof RecipientState.Held) && !recipient.state().somebodyHasThem()
                ? Optional.of(Damaged.held(recipient).state()) : Optional.empty(), Damaged.SAID);
        } catch (DatabaseException | SpoolException e) {
            LOG.mail(id).error("damaged-not-held", e);
        }
    }

    @Override public Optional<SpooledMessage> takePending(Duration wait) throws InterruptedException {
        return take(List.of(ActiveSet.Work.FAILED, ActiveSet.Work.PENDING), 1, wait).stream().findFirst();
    }

    @Override public List<SpooledMessage> takeDue(int most, Duration wait) throws InterruptedException {
        return take(List.of(ActiveSet.Work.ROUTED), most, wait);
    }

    private List<SpooledMessage> take(List<ActiveSet.Work> kinds, int most, Duration wait)
        throws InterruptedException {
        for (var left = wait.toNanos();;) {
            for (var kind : kinds) {
                reading(() -> {
                    ledger.refill(kind);
                    return kind;
                });
            }
            var taken = active.take(kinds, most);
            if (!taken.isEmpty() || left <= 0 || active.isStopped()) {
                return taken;
            }
            left = active.await(kinds, left);
        }
    }

    @Override public void release(SpooledMessage claimed) {
        var unread = claimed.recipients().stream().flatMap(recipient -> unread(claimed.id(), recipient).stream()
            .filter(recipient::equals)).toList();
        if (!unread.isEmpty()) {
            try {
                commit(Change.settle(Settlement.outcomes(claimed.id(), unread, List.of())));
            } catch (SpoolException e) {
                LOG.mail(claimed.id()).error("damaged-not-held", e);
            }
        }
        active.release(claimed);
    }

    @Override public Optional<SpooledMessage> find(QueueId id) {
        return reading(() -> ledger.find(id));
    }

    @Override public List<Event> history(QueueId id) {
        return reading(() -> ledger.history(id));
    }

    @Override public List<SpooledMessage> list(Optional<QueueId> after, int most) {
        return reading(() -> ledger.list(after.map(QueueId::number).orElse(0L), most));
    }

    @Override public Counts counts() {
        return ledger.counts();
    }

    @Override public Started startDelivery(Predicate<Waiting> which, Instant now) {
        return reading(() -> ledger.startDelivery(which, now));
    }

    @Override public void putOff(Instant now, Consumer<QueueId> each) {
        reading(() -> {
            ledger.putOff(now, each);
            return now;
        });
    }

    @Override public int move(QueueId id, Move moves, String event) {
        damaged.forget(id);
        return reading(() -> ledger.move(id, moves, event));
    }

    private interface Reading<T> {
        T run();
    }

    private static <T> T reading(Reading<T> reading) {
        try {
            return reading.run();
        } catch (DatabaseException e) {
            throw SpoolException.because("the spool's tables cannot be used", e);
        }
    }

    /** How many changes wait for the committer. */
    int waiting() {
        return committer.waiting();
    }

    /** Octets of memory that drafts hold. */
    long draftMemory() {
        return memory.taken();
    }

    /** Tidies up once, now: what the keeper does from time to time. */
    void tidy() {
        keeper.tidy();
    }
}
