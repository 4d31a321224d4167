package org.posthorn.server.delivery;

import jakarta.inject.Inject;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.apache.james.core.MailAddress;
import org.posthorn.mailets.port.Verification;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.server.chain.Addresses;
import org.posthorn.server.chain.RelayConfig;
import org.posthorn.server.chain.VerifyConfig;
import org.posthorn.server.log.EventLog;

/**
 * Asks the far side about recipients of relay domains, and remembers what it said.
 *
 * <p>One question about an address at a time; whoever else wants to know waits for the same answer. A question runs on
 * a virtual thread {@code posthorn-verify} of its own, which nobody has to stop: it keeps no process alive, and ends
 * with the far side's answer or after a minute, its wait for a turn included, lookups in DNS apart. The session waits
 * only as long as the settings say, and the answer then helps its next attempt. A yes that is older than the refresh
 * time is asked for again, but holds on while nothing is answered. Thread-safe: one lock guards what is remembered, the
 * questions are in a concurrent map.
 */
public final class RememberedVerification implements Verification {

    private static final EventLog LOG = EventLog.of(RememberedVerification.class);
    /** For a turn and for the far side to answer, all in all; the session does not wait as long. */
    private static final Duration LONGEST = Duration.ofMinutes(1);
    /** How long it is not asked again when it did not answer. */
    private static final Duration PAUSE = Duration.ofMinutes(1);
    /** Questions open at a time, those that wait for their turn included. */
    private static final int MOST_QUESTIONS = 1000;

    private final RelayConfig relay;
    private final VerifyConfig config;
    private final Set<Prober> probers;
    private final LongSupplier nanos;
    private final Semaphore turns;
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<Mailbox, Memory> memories = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Mailbox, Future<Finding>> open = new ConcurrentHashMap<>();

    /** Remembers nothing yet. */
    @Inject
    public RememberedVerification(RelayConfig relay, Set<Prober> probers) {
        this(relay, probers, System::nanoTime);
    }

    RememberedVerification(RelayConfig relay, Set<Prober> probers, LongSupplier nanos) {
        this.relay = relay;
        this.config = relay.verify();
        this.probers = Set.copyOf(probers);
        this.nanos = nanos;
        this.turns = new Semaphore(config.connections());
    }

    /**
     * What is remembered of an address.
     *
     * @param fresh until when it is not asked again
     * @param good until when it holds if nobody answers
     */
    private record Memory(Finding finding, Deadline fresh, Deadline good) {
    }

    private Deadline in(Duration time) {
        return Deadline.in(time, nanos);
    }

    @Override public Finding about(MailAddress recipient) {
        var mailbox = Addresses.mailbox(recipient);
        if (!relay.isVerified(mailbox.domain())) {
            return new Finding.NotVerified();
        }
        var memory = recall(mailbox);
        if (memory.isPresent() && !memory.get().fresh().isOver()) {
            return memory.get().finding();
        }
        return answer(mailbox);
    }

    private Finding answer(Mailbox mailbox) {
        var question = question(mailbox);
        try {
            return question.get(config.within().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return held(mailbox, "no answer within " + config.within().toSeconds() + " seconds");
        } catch (ExecutionException e) {
            LOG.error("verification-failed", e.getCause(), "to", mailbox);
            return held(mailbox, "a fault of ours");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return held(mailbox, "the server is stopping");
        }
    }

    /** The question that is open about this address, or a new one. */
    private Future<Finding> question(Mailbox mailbox) {
        if (open.size() >= MOST_QUESTIONS && !open.containsKey(mailbox)) {
            return CompletableFuture.completedFuture(held(mailbox, "too many questions are open"));
        }
        var mine = new FutureTask<Finding>(() -> {
            try {
                return ask(mailbox);
            } finally {
                // Closed before it is answered, however it ended: who asks from now on finds what is remembered.
                open.remove(mailbox);
            }
        });
        var other = open.putIfAbsent(mailbox, mine);
        if (other != null) {
            return other;
        }
        var started = false;
        try {
            Thread.ofVirtual().name("posthorn-verify").start(mine);
            started = true;
        } finally {
            if (!started) {
                open.remove(mailbox);
            }
        }
        return mine;
    }

    private Finding ask(Mailbox mailbox) throws InterruptedException {
        var until = Deadline.in(LONGEST);
        if (!turns.tryAcquire(until.left().toMillis(), TimeUnit.MILLISECONDS)) {
            return held(mailbox, "too many questions are open");
        }
        try {
            return remembered(mailbox, probers.stream().filter(prober -> prober.takes(mailbox.domain())).findFirst()
                .map(prober -> prober.ask(mailbox, until))
                .orElseGet(() -> new Prober.Finding.Unanswered("nothing here can ask there")));
        } finally {
            turns.release();
        }
    }

    private Finding remembered(Mailbox mailbox, Prober.Finding heard) {
        return switch (heard) {
            case Prober.Finding.Taken(var host) -> {
                LOG.info("verified", "to", mailbox, "host", host, "finding", "taken");
                yield remember(mailbox, new Memory(new Finding.Taken(), in(config.refresh()),
                    in(config.positive())));
            }
            case Prober.Finding.Refused(var host, var why) -> {
                LOG.info("verified", "to", mailbox, "host", host, "finding", "refused", "why", why);
                yield remember(mailbox, new Memory(new Finding.Refused(why),
                    in(config.negative()), in(config.negative())));
            }
            case Prober.Finding.Unanswered(var why) -> {
                LOG.info("verified", "to", mailbox, "finding", "unanswered", "why", why);
                var good = recall(mailbox).map(Memory::good).orElseGet(() -> in(Duration.ZERO));
                yield remember(mailbox, new Memory(held(mailbox, why), in(PAUSE), good));
            }
        };
    }

    /** What holds while there is no answer: a yes that is not too old, else that there is none. */
    private Finding held(Mailbox mailbox, String why) {
        return recall(mailbox).filter(memory -> memory.finding() instanceof Finding.Taken
                && !memory.good().isOver()).map(Memory::finding)
            .orElseGet(() -> new Finding.Unanswered(why, config.takeUnanswered()));
    }

    private Optional<Memory> recall(Mailbox mailbox) {
        lock.lock();
        try {
            return Optional.ofNullable(memories.get(mailbox));
        } finally {
            lock.unlock();
        }
    }

    private Finding remember(Mailbox mailbox, Memory memory) {
        lock.lock();
        try {
            memories.put(mailbox, memory);
            if (memories.size() > config.entries()) {
                memories.remove(memories.firstEntry().getKey());   // the one that nobody asked about for longest
            }
        } finally {
            lock.unlock();
        }
        return memory.finding();
    }
}
