package org.posthorn.server.delivery;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.posthorn.protocols.client.MailClient;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.server.Service;

/**
 * Open connections that wait for their next message, by target. The latest is taken first, so that those that are too
 * many come to the end of their time.
 *
 * <p>The thread {@code delivery-idle} closes those whose time is over, from start to stop. One lock guards the map;
 * nothing is said to a peer under it.
 */
@Singleton
public final class IdleConnections implements Service {

    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);   // for the answer to RSET

    private final Reuse reuse;
    private final LongSupplier nanos;
    private final Object lock = new Object();
    private final Map<String, Deque<Kept>> byTarget = new HashMap<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private boolean closed;

    private record Kept(MailClient client, Deadline until) {
    }

    /** Keeps connections as long as that. */
    @Inject
    public IdleConnections(Reuse reuse) {
        this(reuse, System::nanoTime);
    }

    /**
     * The same by another clock.
     *
     * @param nanos as {@link System#nanoTime}
     */
    public IdleConnections(Reuse reuse, LongSupplier nanos) {
        this.reuse = reuse;
        this.nanos = nanos;
    }

    /** One that has just answered, if there is any; the caller owns it. Those that do not answer are closed. */
    public Optional<MailClient> take(String target) {
        for (var kept = latest(target); kept.isPresent(); kept = latest(target)) {
            var client = kept.get().client();
            if (kept.get().until().isOver()) {
                client.quit();
            } else if (client.reset(PATIENCE)) {
                return Optional.of(client);
            }
        }
        return Optional.empty();
    }

    private Optional<Kept> latest(String target) {
        synchronized (lock) {
            var all = byTarget.get(target);
            if (all == null) {
                return Optional.empty();
            }
            var kept = Optional.of(all.pop());
            if (all.isEmpty()) {
                byTarget.remove(target);
            }
            return kept;
        }
    }

    /** Takes a connection that is not needed now: keeps it if it may be used again, else says goodbye. */
    public void keep(String target, MailClient client) {
        var kept = reuse.isOn() && client.isUsable() && client.transactions() < reuse.transactions()
            && add(target, new Kept(client, Deadline.in(reuse.idle(), nanos)));
        if (!kept) {
            client.quit();
        }
    }

    private boolean add(String target, Kept kept) {
        synchronized (lock) {
            if (!closed) {
                byTarget.computeIfAbsent(target, _ -> new ArrayDeque<>()).push(kept);
            }
            return !closed;
        }
    }

    /** Says goodbye to those that have waited long enough. */
    void closeOverdue() {
        quit(remove(kept -> kept.until().isOver()));
    }

    private List<MailClient> remove(Predicate<Kept> which) {
        var overdue = new ArrayList<MailClient>();
        synchronized (lock) {
            for (var all : byTarget.values()) {
                for (var kept : List.copyOf(all)) {
                    if (which.test(kept)) {     // once: its time may end between two looks
                        all.remove(kept);
                        overdue.add(kept.client());
                    }
                }
            }
            byTarget.values().removeIf(Deque::isEmpty);
        }
        return overdue;
    }

    /** Each on its own thread: one that does not answer must not hold up the others. */
    private static List<Thread> quit(List<MailClient> clients) {
        return clients.stream().map(client -> Thread.ofVirtual().name("delivery-quit").start(client::quit)).toList();
    }

    @Override public void start() {
        if (reuse.isOn()) {
            Thread.ofVirtual().name("delivery-idle").start(this::watch);
        }
    }

    private void watch() {
        try {
            while (!stopping.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
                closeOverdue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** To be stopped after those who use it. */
    @Override public void stop(Duration grace) {
        stopping.countDown();
        synchronized (lock) {
            closed = true;
        }
        try {
            for (var thread : quit(remove(_ -> true))) {
                thread.join();   // QUIT has a short deadline
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
