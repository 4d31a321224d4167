package org.posthorn.server.spool;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.posthorn.server.database.DatabaseException;
import org.posthorn.server.log.EventLog;

/**
 * The one thread that makes changes durable: it takes all that wait, appends their bodies, forces once, writes the rows
 * in one transaction, and wakes the callers. When a group fails, each of its changes is tried alone, so that a bad one
 * does not spoil the others.
 *
 * <p>Callers wait without a timeout: the thread {@code spool-patience} takes back the changes whose turn does not come.
 */
final class Committer {

    private static final EventLog LOG = EventLog.of(Committer.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);    // after the journal could not be applied
    private static final Duration LOOK = Duration.ofSeconds(1);     // between two, at those whose turn does not come
    private static final int MOST_RECIPIENTS = 2000;    // rows in one transaction, unless one change alone has more

    private final SpoolConfig config;
    private final BodyStore store;
    private final Ledger ledger;
    private final LinkedBlockingQueue<Waiting> queue;
    private volatile boolean accepting;
    private long tidyAgain = System.nanoTime();     // not before
    private final CountDownLatch stopped = new CountDownLatch(1);
    private Optional<Thread> thread = Optional.empty();

    Committer(SpoolConfig config, BodyStore store, Ledger ledger) {
        this.config = config;
        this.store = store;
        this.ledger = ledger;
        this.queue = new LinkedBlockingQueue<>(config.waiting());
    }

    /** A change whose caller waits. */
    private static final class Waiting {
        private final Ledger.Entry entry;
        private final List<StoredDraft> drafts;
        private final AtomicBoolean taken = new AtomicBoolean();    // by the committer, or back
        private final CountDownLatch done = new CountDownLatch(1);
        private final long since = System.nanoTime();

        Waiting(Change change) {
            entry = new Ledger.Entry(change);
            drafts = new ArrayList<>();
            change.drafts().forEach(draft -> drafts.add((StoredDraft) draft));
        }

        int weight() {
            var weight = 0;
            for (var message : entry.change().accepted()) {
                weight += message.recipients().size();
            }
            for (var settlement : entry.change().settled()) {
                weight += settlement.moved().size() + settlement.added().size();
            }
            return weight;
        }

        /** Fails, unless its turn has come. */
        void giveUp(String why) {
            if (taken.compareAndSet(false, true)) {
                entry.fail(new SpoolException(why, false, null));
                done.countDown();
            }
        }

        /** The message that its drafts are written for. */
        QueueId id() {
            var change = entry.change();
            return change.accepted().isEmpty() ? change.settled().getFirst().id() : change.accepted().getFirst().id();
        }
    }

    void start() {
        accepting = true;
        thread = Optional.of(Thread.ofPlatform().name("spool-committer").start(this::run));
        Thread.ofPlatform().daemon().name("spool-patience").start(this::watch);
    }

    /** Commits what waits, then ends. What is still waiting after the grace fails. */
    void stop(Duration grace) {
        accepting = false;
        try {
            if (thread.isPresent() && !thread.get().join(grace.plusSeconds(1))) {
                LOG.warn("committer-still-busy", "waiting", queue.size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (var waiting = queue.poll(); waiting != null; waiting = queue.poll()) {
            waiting.giveUp("the spool is stopping");
        }
        stopped.countDown();
    }

    /** How many changes wait for their turn. */
    int waiting() {
        return queue.size();
    }

    /**
     * Makes a change durable and returns.
     *
     * @throws SpoolException when nothing of it happened
     */
    void commit(Change change) {
        var waiting = new Waiting(change);
        if (!accepting || !queue.offer(waiting)) {
            throw new SpoolException(accepting ? "too many changes wait for the disk" : "the spool is not running",
                false, null);
        }
        if (!accepting) {
            waiting.giveUp("the spool is stopping");    // nobody may look at the queue any more
        }
        await(waiting);
        waiting.entry.failure().ifPresent(failure -> {
            throw failure instanceof SpoolException known ? known : SpoolException.because("nothing was kept", failure);
        });
    }

    /** Waits for the end: an interrupt must not hide it. */
    private static void await(Waiting waiting) {
        var interrupted = false;
        for (var done = false; !done;) {
            try {
                waiting.done.await();
                done = true;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes those out of the queue whose turn did not come in time. Callers wait without a timeout of their own. */
    private void watch() {
        var patience = config.patience().toNanos();
        var period = Math.clamp(config.patience().toMillis() / 4, 1, LOOK.toMillis());
        try {
            while (!stopped.await(period, TimeUnit.MILLISECONDS)) {
                var now = System.nanoTime();
                for (var waiting : queue) {
                    if (now - waiting.since > patience) {
                        queue.remove(waiting);
                        waiting.giveUp("the disk is too slow");
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (accepting || !queue.isEmpty()) {
                var first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    commit(group(first));
                }
                tidy();
            }
            ledger.locked(() -> true);      // the tables know everything when the server stands still
        } catch (InterruptedException e) {
            LOG.error("committer-interrupted", e);
        } catch (RuntimeException | Error e) {
            LOG.error("journal-not-applied", e);
        }
    }

    /** What was committed is safe where it is; where it belongs it can come later. */
    private void tidy() {
        if (System.nanoTime() - tidyAgain < 0) {
            return;
        }
        try {
            ledger.tidy();
        } catch (RuntimeException | Error e) {
            LOG.error("journal-not-applied", e);
            tidyAgain = System.nanoTime() + PAUSE.toNanos();
        }
    }

    private List<Waiting> group(Waiting first) {
        var group = new ArrayList<Waiting>();
        var weight = 0;
        for (var next = first; next != null;) {
            if (next.taken.compareAndSet(false, true)) {
                group.add(next);
                weight += next.weight();
            }
            next = group.size() < config.batch() && weight < MOST_RECIPIENTS ? queue.poll() : null;
        }
        return group;
    }

    private void commit(List<Waiting> group) {
        try {
            write(group);
        } catch (IOException | RuntimeException | Error e) {
            if (group.size() == 1 || !nothingHappened(e)) {
                group.forEach(waiting -> waiting.entry.fail(SpoolException.because("nothing was kept", e)));
            } else {
                LOG.warn("group-failed", "changes", group.size(), "why", e.getMessage());
                group.forEach(waiting -> commit(List.of(waiting)));
            }
        } finally {
            group.forEach(waiting -> waiting.done.countDown());
        }
    }

    /** A failure of another kind may have come after the commit: what is tried again then would happen twice. */
    private static boolean nothingHappened(Throwable failure) {
        return failure instanceof SpoolException || failure instanceof DatabaseException
            || failure instanceof IOException;
    }

    private void write(List<Waiting> group) throws IOException {
        var placed = new IdentityHashMap<Draft, List<Slice>>();
        try {
            place(group, placed);
            var entries = new ArrayList<Ledger.Entry>(group.size());
            for (var waiting : group) {
                entries.add(waiting.entry);
            }
            ledger.write(entries, placed::get);
        } catch (IOException | RuntimeException | Error e) {
            placed.keySet().forEach(draft -> ((StoredDraft) draft).unplace());
            throw e;
        }
        for (var waiting : group) {
            waiting.drafts.forEach(
                waiting.entry.failure().isEmpty() ? StoredDraft::committed : StoredDraft::unplace);
        }
    }

    private void place(List<Waiting> group, Map<Draft, List<Slice>> placed) throws IOException {
        var fresh = new ArrayList<BodyStore.Fresh>();
        var parts = new IdentityHashMap<Draft, Integer>();
        var order = new ArrayList<StoredDraft>();
        for (var waiting : group) {
            for (var draft : waiting.drafts) {
                if (parts.putIfAbsent(draft, 0) == null) {
                    var own = draft.fresh(waiting.id());
                    parts.put(draft, own.size());
                    fresh.addAll(own);
                    order.add(draft);
                }
            }
        }
        var slices = store.append(fresh);
        var next = 0;
        for (var draft : order) {
            var end = next + parts.getOrDefault(draft, 0);
            placed.put(draft, draft.place(slices.subList(next, end)));
            next = end;
        }
    }
}
