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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.posthorn.protocols.client.MailClient;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.server.Service;
import org.posthorn.server.delivery.OpenConnection.Line;

/**
 * Open connections that wait for their next message. The latest is taken first, so that those that are too many come to
 * the end of their time.
 *
 * <p>The thread {@code delivery-idle} closes those whose time is over, from start to stop. Goodbyes are said by threads
 * of their own, {@code delivery-quit}: neither a message's outcome nor another connection waits for the answer. One
 * lock guards the map; nothing is said to a peer under it.
 */
@Singleton
public final class IdleConnections implements Service {

    /** In all; each is a socket and some KiB. More are closed when their message is sent. */
    private static final int MOST = 400;
    /** Goodbyes under way; who has to say another one waits for its answer. */
    private static final int MOST_GOODBYES = 100;
    private static final Duration PERIOD = Duration.ofSeconds(1);
    /** For the first answer on a connection that was idle; a new one has the full time for the same message. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final LongSupplier nanos;
    private final int most;
    private final Object lock = new Object();
    private final Map<Line, Deque<Kept>> byLine = new HashMap<>();
    private int count;
    private boolean closed;
    private final Set<Thread> goodbyes = ConcurrentHashMap.newKeySet();
    private final CountDownLatch stopping = new CountDownLatch(1);

    private record Kept(OpenConnection connection, Deadline until) {
    }

    /** Keeps none yet. */
    @Inject
    public IdleConnections() {
        this(System::nanoTime, MOST);
    }

    /**
     * The same by another clock.
     *
     * @param nanos as {@link System#nanoTime}
     */
    public IdleConnections(LongSupplier nanos) {
        this(nanos, MOST);
    }

    IdleConnections(LongSupplier nanos, int most) {
        this.nanos = nanos;
        this.most = most;
    }

    /** A connection that was opened now. */
    public OpenConnection opened(Line line, MailClient client, Reuse reuse) {
        return new OpenConnection(line, client, reuse, Deadline.in(reuse.age(), nanos));
    }

    /**
     * One that may be alive, if there is any; the caller owns it. That it is not shows when the message begins, before
     * its text is sent; the caller then opens another.
     */
    public Optional<OpenConnection> take(Line line) {
        for (var kept = latest(line); kept.isPresent(); kept = latest(line)) {
            var connection = kept.get().connection();
            if (kept.get().until().isOver()) {
                sayGoodbye(connection);
            } else if (connection.client().resume(PATIENCE)) {
                return Optional.of(connection);
            }
        }
        return Optional.empty();
    }

    private Optional<Kept> latest(Line line) {
        synchronized (lock) {
            var all = byLine.get(line);
            if (all == null) {
                return Optional.empty();
            }
            count--;
            var kept = Optional.of(all.pop());
            if (all.isEmpty()) {
                byLine.remove(line);
            }
            return kept;
        }
    }

    /** Takes a connection that is not needed now: keeps it if it may be used again, else says goodbye. */
    public void keep(OpenConnection connection) {
        var kept = connection.mayServe()
            && add(new Kept(connection, Deadline.in(connection.end().orSooner(connection.reuse().idle()), nanos)));
        if (!kept) {
            sayGoodbye(connection);
        }
    }

    private boolean add(Kept kept) {
        synchronized (lock) {
            var room = !closed && count < most;
            if (room) {
                byLine.computeIfAbsent(kept.connection().line(), _ -> new ArrayDeque<>(4)).push(kept);
                count++;
            }
            return room;
        }
    }

    /** Says goodbye to those that have waited long enough. */
    void closeOverdue() {
        remove(kept -> kept.until().isOver()).forEach(this::sayGoodbye);
    }

    private List<OpenConnection> remove(Predicate<Kept> which) {
        var overdue = new ArrayList<OpenConnection>();
        synchronized (lock) {
            for (var all : byLine.values()) {
                for (var kept : List.copyOf(all)) {
                    if (which.test(kept)) {     // once: its time may end between two looks
                        all.remove(kept);
                        count--;
                        overdue.add(kept.connection());
                    }
                }
            }
            byLine.values().removeIf(Deque::isEmpty);
        }
        return overdue;
    }

    private void sayGoodbye(OpenConnection connection) {
        var client = connection.client();
        if (!client.isUsable()) {
            client.close();
            return;
        }
        if (goodbyes.size() >= MOST_GOODBYES) {
            client.quit();
            return;
        }
        var thread = Thread.ofVirtual().name("delivery-quit").unstarted(() -> {
            client.quit();
            goodbyes.remove(Thread.currentThread());
        });
        goodbyes.add(thread);
        thread.start();
    }

    @Override public void start() {
        Thread.ofVirtual().name("delivery-idle").start(this::watch);
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
        remove(_ -> true).forEach(this::sayGoodbye);
        try {
            for (var thread : goodbyes) {
                thread.join();   // QUIT has a short deadline
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
