package org.posthorn.server.spool;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.posthorn.server.log.EventLog;

/**
 * Tidies up behind the committer, on a thread of its own, every ten seconds: removes rows of messages settled long ago,
 * a few at a time, and empties segments that hold little that is alive.
 */
final class Keeper {

    private static final EventLog LOG = EventLog.of(Keeper.class);
    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final int LOOKS = 6;                 // at the tables after rows went; their pages become free later
    private static final int REST = 20;                 // a search for live bodies reads the whole queue
    private static final int WORTH = 4;                 // a segment is emptied when less than a WORTHth of it is alive

    private final SpoolConfig config;
    private final Ledger ledger;
    private final BodyStore store;
    private final InstantSource clock;
    private CountDownLatch stopping = new CountDownLatch(0);
    private Optional<Thread> thread = Optional.empty();
    private int looks;
    private List<Slice.File> worthBefore = List.of();
    private long notBefore = System.nanoTime();     // the next search for what a segment holds

    Keeper(SpoolConfig config, Ledger ledger, BodyStore store, InstantSource clock) {
        this.config = config;
        this.ledger = ledger;
        this.store = store;
        this.clock = clock;
    }

    void start() {
        var end = new CountDownLatch(1);
        stopping = end;
        thread = Optional.of(Thread.ofPlatform().name("spool-keeper").start(() -> run(end)));
    }

    void stop(Duration grace) {
        stopping.countDown();
        try {
            if (thread.isPresent() && !thread.get().join(grace.plusSeconds(1))) {
                LOG.warn("keeper-still-busy");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread = Optional.empty();
    }

    private void run(CountDownLatch end) {
        try {
            round(this::count);
            while (!end.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                round(this::tidy);
            }
        } catch (InterruptedException e) {
            LOG.error("keeper-interrupted", e);
        }
    }

    private static void round(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("tidying-failed", e);
        }
    }

    private boolean isEnding() {
        return stopping.getCount() == 0;
    }

    /** Counts what was not counted at the start. */
    private synchronized void count() {
        if (!ledger.isCounted()) {
            ledger.countOn(this::isEnding);
            var counts = ledger.counts();
            LOG.info("queue-counted", "pending", counts.pending(), "routed", counts.routed(), "held", counts.held(),
                "complete", counts.complete());
        }
    }

    /** One round. */
    synchronized void tidy() {
        count();
        purge();
        emptySegments();
    }

    private void purge() {
        var before = clock.instant().minus(config.retention());
        for (var count = ledger.purge(before); count > 0 && !isEnding(); count = ledger.purge(before)) {
            looks = LOOKS;
        }
        if (looks > 0 && !isEnding()) {
            looks--;
            ledger.reclaim();
        }
    }

    private void emptySegments() {
        var worth = store.sealedSegments().stream()
            .filter(fill -> fill.octets() > 0 && fill.liveOctets() < fill.octets() / WORTH)
            .map(BodyStore.Fill::file).toList();
        var emptied = worth.stream().filter(worthBefore::contains).toList();
        worthBefore = worth;        // one that empties itself quickly is not worth the work
        var began = System.nanoTime();
        if (emptied.isEmpty() || began - notBefore < 0) {
            return;
        }
        try {
            var moved = ledger.empty(emptied, this::isEnding);
            var ended = System.nanoTime();
            notBefore = ended + REST * (ended - began);
            LOG.debug("segments-emptied", "segments", emptied.size(), "bodies", moved);
        } catch (IOException e) {
            LOG.error("segments-not-emptied", e, "segments", emptied.size());
        }
    }
}
