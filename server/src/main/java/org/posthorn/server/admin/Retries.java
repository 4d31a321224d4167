package org.posthorn.server.admin;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.posthorn.server.Service;
import org.posthorn.server.delivery.Reachability;
import org.posthorn.server.delivery.Suspensions;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.Route;
import org.posthorn.server.spool.Spool;
import org.posthorn.server.spool.SpoolException;

/**
 * An operator's retry of all mail, or of a domain's: passes over the queue, one at a time, on the thread
 * {@code posthorn-retry}, which is there while there is something to do. Who asks waits a moment, and is told how far
 * the pass has come by then; a short queue is done by then.
 *
 * <p>A pass ends the suspensions of what it is for, and then makes due what may be tried: of a destination that turns
 * out dead, as many as came before that was known, and no more; they would all be put off again, one by one. The rest
 * keeps its own due time. Of a destination whose queue in memory is full, 250 recipients a second. Thread-safe; one
 * lock guards what waits.
 */
@Singleton
public final class Retries implements Service {

    private static final EventLog LOG = EventLog.of(Retries.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration SLOWLY = Duration.ofMillis(4);
    private static final int MOST = 1000;   // passes that wait; destinations one lifts; domains it asks for

    private final Spool spool;
    private final Suspensions suspensions;
    private final Reachability reachability;
    private final InstantSource clock;
    private final Duration patience;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Object lock = new Object();
    private final Map<Optional<String>, Pass> waiting = new LinkedHashMap<>();     // by domain
    private Optional<Thread> thread = Optional.empty();

    /** Nothing is asked for yet. */
    @Inject public Retries(Spool spool, Suspensions suspensions, Reachability reachability, InstantSource clock) {
        this(spool, suspensions, reachability, clock, PATIENCE);
    }

    Retries(Spool spool, Suspensions suspensions, Reachability reachability, InstantSource clock, Duration patience) {
        this.spool = spool;
        this.suspensions = suspensions;
        this.reachability = reachability;
        this.clock = clock;
        this.patience = patience;
    }

    /**
     * How far a pass has come.
     *
     * @param recipients made due; while it is not complete, those that were due before are counted too
     * @param left recipients that keep their time, because their destination cannot be reached
     * @param begun false while another pass goes first
     * @param complete whether it has come to the end of the queue
     */
    public record Progress(int recipients, int left, boolean begun, boolean complete) {
    }

    @Override public void start() {
        // The first who asks makes the thread.
    }

    /** A pass under way ends behind the page it is at. */
    @Override public void stop(Duration grace) {
        stopping.countDown();
        Optional<Thread> last;
        synchronized (lock) {
            last = thread;
        }
        try {
            if (last.isPresent() && !last.get().join(grace.plusSeconds(1))) {
                LOG.warn("retry-still-busy");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Makes due what waits; of one domain, or all. Who asks for the same as one whose pass has not begun shares it.
     *
     * @throws RuntimeException what the pass ended with, if it ended soon
     */
    Progress start(Optional<String> domain) {
        var pass = passFor(domain);
        try {
            if (pass.ended.await(patience.toMillis(), TimeUnit.MILLISECONDS) && pass.failure.isPresent()) {
                throw pass.failure.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return pass.progress;
    }

    private Pass passFor(Optional<String> domain) {
        synchronized (lock) {
            if (stopping.getCount() == 0 || waiting.size() >= MOST) {
                throw new SpoolException(waiting.size() >= MOST ? "too many retries wait for their turn"
                    : "the server is stopping", false, null);
            }
            var pass = waiting.computeIfAbsent(domain, Pass::new);
            if (thread.isEmpty()) {
                thread = Optional.of(Thread.ofPlatform().name("posthorn-retry").start(this::run));
            }
            return pass;
        }
    }

    private void run() {
        for (var next = next(); next.isPresent(); next = next()) {
            next.get().run();
        }
    }

    private Optional<Pass> next() {
        synchronized (lock) {
            var next = waiting.values().stream().findFirst();
            next.ifPresentOrElse(pass -> waiting.remove(pass.domain), () -> thread = Optional.empty());
            return next;
        }
    }

    /** The server stops. */
    private static final class Stopping extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** One pass over the queue. */
    private final class Pass {
        private final Optional<String> domain;
        private final CountDownLatch ended = new CountDownLatch(1);
        private final Set<Route> lifted = new HashSet<>();
        private final Set<String> asked = new HashSet<>();      // domains
        private volatile Progress progress = new Progress(0, 0, false, false);
        private volatile Optional<RuntimeException> failure = Optional.empty();
        private int meant;
        private int left;

        Pass(Optional<String> domain) {
            this.domain = domain;
        }

        void run() {
            progress = new Progress(0, 0, true, false);
            try {
                var count = retry(clock.instant());
                progress = new Progress(count, left, true, true);
                LOG.info("operator", "did", "retry", "domain", domain.orElse("all"), "recipients", count, "left", left);
            } catch (Stopping e) {
                failure = Optional.of(new SpoolException("the server is stopping", false, e));
                LOG.info("retry-cut-off", "domain", domain.orElse("all"), "met", meant + left);
            } catch (RuntimeException | Error e) {      // the next one has its turn
                failure = Optional.of(e instanceof RuntimeException own ? own : new IllegalStateException(e));
                LOG.error("retry-failed", e, "domain", domain.orElse("all"));
            } finally {
                ended.countDown();
            }
        }

        private int retry(Instant now) {
            if (domain.isEmpty()) {
                suspensions.liftAll(now);
            }
            var started = spool.startDelivery(waits -> isMeant(waits, now), now);
            return started.made() + retryPending(now);
        }

        private void unlessStopping() {
            if (stopping.getCount() == 0) {
                throw new Stopping();
            }
        }

        private boolean isMeant(Spool.Waiting waits, Instant now) {
            unlessStopping();
            if (domain.isPresent()) {
                if (!isFor(domain.get(), waits)) {
                    return false;
                }
                lift(waits.route(), waits.recipient().domain(), now);
            }
            var open = switch (reachability.of(waits)) {
                case OPEN -> true;
                case FULL -> slowly();
                case SUSPENDED -> false;
            };
            meant += open ? 1 : 0;
            left += open ? 0 : 1;
            progress = new Progress(meant, left, true, false);
            return open;
        }

        /** A destination once, however many domains' mail it takes: if it is dead, a few try it and not a few each. */
        private void lift(Route route, String address, Instant now) {
            var first = asked.size() < MOST && asked.add(address.toLowerCase(Locale.ROOT));
            if (lifted.size() < MOST && lifted.add(route)) {
                suspensions.lift(route, address, now);
            } else if (first) {
                suspensions.ask(address, now);
            }
        }

        private static boolean isFor(String domain, Spool.Waiting waits) {
            return waits.recipient().domain().equalsIgnoreCase(domain)
                || waits.route().nextHop().toLowerCase(Locale.ROOT).equals(domain);
        }

        private boolean slowly() {
            try {
                if (stopping.await(SLOWLY.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new Stopping();
                }
                return true;
            } catch (InterruptedException e) {
                throw new Stopping();
            }
        }

        /** FUTURERELEASE: not put off, but early. By its id alone an operator lets it go. */
        private boolean isHeldByItsSender(QueueId id, Instant now) {
            return spool.find(id).flatMap(message -> message.origin().parameters().handling().heldUntil())
                .filter(now::isBefore).isPresent();
        }

        /** What the pipeline put off: few, if any. */
        private int retryPending(Instant now) {
            var counts = new int[1];
            spool.putOff(now, id -> {
                unlessStopping();
                if (isHeldByItsSender(id, now)) {
                    return;
                }
                counts[0] += spool.move(id, recipient ->
                    recipient.state() instanceof RecipientState.Pending pending && pending.due().isAfter(now)
                        && domain.map(recipient.recipient().mailbox().domain()::equalsIgnoreCase).orElse(true)
                        ? Optional.of(pending.at(now)) : Optional.empty(), "retried by operator");
            });
            return counts[0];
        }
    }
}
