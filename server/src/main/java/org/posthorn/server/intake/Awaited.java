package org.posthorn.server.intake;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.QueuedRecipient;

/**
 * Recipients whose LMTP client waits to hear what becomes of them (RFC 2033 section 4.2).
 *
 * <p>Who settles a recipient asks {@link #claims} first. If that is so, the client is told, by {@link #tell} once the
 * settlement is durable, and not the sender: what failed is not reported, what was deferred is not kept, for the client
 * keeps it. Thread-safe; one lock a message.
 */
@Singleton
public final class Awaited {

    private static final Reply UNKNOWN = Reply.of(451, "4.3.0", "It could not be settled in time, try again later");
    private static final Duration SETTLING = Duration.ofSeconds(30);   // for a commit that is under way

    private final ConcurrentMap<QueueId, Wait> waits = new ConcurrentHashMap<>();

    /** Nobody waits yet. */
    @Inject public Awaited() {
    }

    /**
     * Begins to wait. To be called before the message enters the spool.
     *
     * @param recipients how many it enters with: those are the client's; who is added later is ours
     */
    Wait begin(QueueId id, int recipients) {
        var wait = new Wait(id, recipients);
        waits.put(id, wait);
        return wait;
    }

    /** Whether a client waits for this recipient; it then goes on waiting until it is told. */
    public boolean claims(QueueId id, QueuedRecipient recipient) {
        var wait = waits.get(id);
        return wait != null && wait.claims(recipient);
    }

    /** Whether a client waits for what becomes of the message. */
    public boolean isAwaited(QueueId id) {
        return waits.containsKey(id);
    }

    /** What became of the recipient; whoever does not wait does not hear it. */
    public void tell(QueueId id, QueuedRecipient recipient, Reply reply) {
        var wait = waits.get(id);
        if (wait != null) {
            wait.told(recipient, reply);
        }
    }

    /**
     * A recipient was rewritten into one other, which is about to be added: what becomes of that is what its client
     * hears. To be called before that is durable.
     */
    public void follow(QueueId id, QueuedRecipient recipient, Recipient target) {
        var wait = waits.get(id);
        if (wait != null) {
            wait.follow(recipient, target);
        }
    }

    /**
     * A recipient's mail goes to others too: its client is to hear 250, or they would get it again. From now on what
     * becomes of the recipient is ours. To be called before that is durable.
     */
    public void release(QueueId id, QueuedRecipient recipient) {
        var wait = waits.get(id);
        if (wait != null) {
            wait.release(recipient);
        }
    }

    /** The wait for one message. */
    final class Wait implements AutoCloseable {

        private final QueueId id;
        private final int recipients;
        private final Map<Recipient, Followed> followed = new HashMap<>();
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final Map<Integer, Reply> replies = new TreeMap<>();
        private final Set<Integer> claimed = new HashSet<>();
        private final Set<Integer> released = new HashSet<>();
        private boolean over;

        private Wait(QueueId id, int recipients) {
            this.id = id;
            this.recipients = recipients;
        }

        /** Whose replies are the reply of one that was added; its number is known once it is seen. */
        private static final class Followed {
            private final Set<Integer> by = new HashSet<>();
            private OptionalInt number = OptionalInt.empty();
        }

        /** Whose reply of the client's recipients this is about; of nobody's where it is ours. */
        private Set<Integer> places(QueuedRecipient recipient) {
            if (recipient.number() < recipients) {
                return Set.of(recipient.number());
            }
            var found = followed.get(recipient.recipient());
            if (found == null || found.number.orElse(recipient.number()) != recipient.number()) {
                return Set.of();
            }
            found.number = OptionalInt.of(recipient.number());
            return found.by;
        }

        private void follow(QueuedRecipient recipient, Recipient target) {
            lock.lock();
            try {
                var places = Set.copyOf(places(recipient));
                if (!places.isEmpty()) {
                    followed.computeIfAbsent(target, _ -> new Followed()).by.addAll(places);
                }
            } finally {
                lock.unlock();
            }
        }

        /**
         * Waits for one recipient.
         *
         * @param until in the time of {@link System#nanoTime}
         * @return empty when nothing was decided by then: from now on it is the spool's like any other
         */
        Optional<Reply> reply(int recipient, long until) throws InterruptedException {
            lock.lockInterruptibly();
            try {
                await(recipient, until);
                over |= System.nanoTime() - until >= 0;
                if (replies.containsKey(recipient) || !claimed.contains(recipient)) {
                    return Optional.ofNullable(replies.get(recipient));
                }
                await(recipient, System.nanoTime() + SETTLING.toNanos());
                return Optional.of(replies.getOrDefault(recipient, UNKNOWN));
            } finally {
                lock.unlock();
            }
        }

        private void await(int recipient, long until) throws InterruptedException {
            for (var left = until - System.nanoTime(); left > 0 && !replies.containsKey(recipient);
                    left = until - System.nanoTime()) {
                changed.await(left, TimeUnit.NANOSECONDS);
            }
        }

        private void release(QueuedRecipient recipient) {
            lock.lock();
            try {
                released.add(recipient.number());
            } finally {
                lock.unlock();
            }
        }

        private boolean claims(QueuedRecipient recipient) {
            lock.lock();
            try {
                if (released.contains(recipient.number())) {
                    return false;
                }
                var places = places(recipient);
                if (!over) {
                    claimed.addAll(places);
                }
                return !places.isEmpty() && claimed.containsAll(places);
            } finally {
                lock.unlock();
            }
        }

        private void told(QueuedRecipient recipient, Reply reply) {
            lock.lock();
            try {
                if (released.contains(recipient.number()) && !reply.isPositive()) {
                    return;
                }
                places(recipient).forEach(place -> replies.putIfAbsent(place, reply));
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /** Waits no more. */
        @Override public void close() {
            lock.lock();
            try {
                over = true;
            } finally {
                lock.unlock();
            }
            waits.remove(id);
        }
    }
}
