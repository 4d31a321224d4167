package org.posthorn.server.spool;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.posthorn.protocols.wire.Content;

/** A spool for tests: the whole contract but durability. One lock guards everything. */
public final class InMemorySpool implements Spool {

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final TreeMap<Long, Kept> messages = new TreeMap<>();
    private long lastId = 1L << 16;
    private long room = Long.MAX_VALUE;
    private volatile boolean lagging;
    private final AtomicInteger failing = new AtomicInteger();
    private boolean broken;
    private boolean reserved;
    private boolean stopped;

    /** A spool by the system's clock. */
    public InMemorySpool() {
        this(InstantSource.system());
    }

    /** A spool by that clock; it is looked at again every few milliseconds while someone waits. */
    public InMemorySpool(InstantSource clock) {
        this.clock = clock;
    }

    /** From now on the disk has so much room. */
    public void room(long octets) {
        locked(() -> room = octets);
    }

    /** From now on nothing new is taken, as when the disk is nearly full; what is here is still settled. */
    public void reserved(boolean now) {
        locked(() -> reserved = now);
    }

    /** From now on every commit and every search fails, or none. */
    public void broken(boolean now) {
        locked(() -> broken = now);
    }

    /** So many of the next claims of pending recipients fail. */
    public void failClaims(int count) {
        failing.set(count);
    }

    @Override public void start() {
        locked(() -> stopped = false);
    }

    @Override public void stop(Duration grace) {
        locked(() -> stopped = true);
    }

    @Override public QueueId nextId() {
        lock.lock();
        try {
            return new QueueId(++lastId);
        } finally {
            lock.unlock();
        }
    }

    /** Whether delivery is to lag behind. */
    public void lagging(boolean so) {
        lagging = so;
    }

    @Override public boolean lags() {
        return lagging;
    }

    @Override public boolean hasRoom(long octets) {
        lock.lock();
        try {
            return room / 2 >= octets;
        } finally {
            lock.unlock();
        }
    }

    @Override public Draft draft() {
        return new MemoryDraft();
    }

    @Override public void commit(Change change) {
        lock.lock();
        try {
            checkWorks();
            if (room < 1 || reserved && !change.accepted().isEmpty()) {
                throw new SpoolException("full on purpose", true, null);
            }
            change.accepted().forEach(message -> check(!messages.containsKey(message.id().number()), message.id()));
            change.settled().forEach(this::check);
            change.accepted().forEach(message -> messages.put(message.id().number(), new Kept(message)));
            change.settled().forEach(this::settle);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override public void advance(Change change) {
        commit(change);
    }

    private static void check(boolean fine, Object what) {
        if (!fine) {
            throw new SpoolException("not to be committed: " + what, false, null);
        }
    }

    private void check(Settlement settlement) {
        var kept = messages.get(settlement.id().number());
        check(kept != null, settlement.id());
        var variants = kept.variants.size() + settlement.variants().size();
        for (var moved : settlement.moved()) {
            check(kept.claimed.contains(moved.number()) && moved.variant() < variants, moved);
        }
        settlement.added().forEach(added -> check(added.variant() < variants, added));
    }

    private void settle(Settlement settlement) {
        var kept = messages.get(settlement.id().number());
        settlement.variants().forEach(kept::add);
        for (var moved : settlement.moved()) {
            kept.claimed.remove(moved.number());
            var before = kept.recipients.get(moved.number());
            kept.recipients.set(moved.number(), new QueuedRecipient(before.number(), before.recipient(),
                moved.variant(), RecipientRow.plain(moved.state())));
        }
        settlement.added().forEach(kept::add);
        kept.history.addAll(settlement.history());
    }

    @Override public Optional<SpooledMessage> takePending(Duration wait) throws InterruptedException {
        if (failing.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new SpoolException("the tables cannot be read", false, null);
        }
        return await(wait, () -> take(1, recipient -> switch (recipient.state()) {
            case RecipientState.Pending pending -> Optional.of(
                new Ready(pending.due(), List.of(pending.processor(), pending.released())));
            case RecipientState.Failed failed -> Optional.of(new Ready(failed.due(), List.of("failed")));
            case RecipientState.Unreported owed -> Optional.of(new Ready(owed.due(), List.of("failed")));
            case RecipientState.Routed _, RecipientState.Held _, RecipientState.Delivered _,
                 RecipientState.Bounced _, RecipientState.Discarded _ -> Optional.empty();
        })).stream().findFirst();
    }

    @Override public List<SpooledMessage> takeDue(int most, Duration wait) throws InterruptedException {
        return await(wait, () -> take(most, recipient -> recipient.state() instanceof RecipientState.Routed routed
            ? Optional.of(new Ready(routed.due(), List.of(routed.route(), recipient.variant())))
            : Optional.empty()));
    }

    /** Work that one claim takes together: what has the same key. */
    private record Ready(Instant due, List<?> key) {
    }

    private record Found(Kept kept, Ready ready) {
    }

    private interface Readiness {
        Optional<Ready> of(QueuedRecipient recipient);
    }

    private List<SpooledMessage> take(int most, Readiness readiness) {
        var taken = new ArrayList<SpooledMessage>();
        while (taken.size() < most) {
            var next = messages.values().stream().flatMap(kept -> kept.unclaimed()
                    .flatMap(recipient -> readiness.of(recipient).stream()).map(ready -> new Found(kept, ready)))
                .filter(found -> !found.ready().due().isAfter(clock.instant()))
                .min(Comparator.comparing(found -> found.ready().due()));
            if (next.isEmpty()) {
                break;
            }
            var kept = next.get().kept();
            var key = next.get().ready().key();
            var together = kept.unclaimed().filter(recipient -> readiness.of(recipient).stream().anyMatch(ready ->
                ready.key().equals(key) && !ready.due().isAfter(clock.instant()))).toList();
            together.forEach(recipient -> kept.claimed.add(recipient.number()));
            taken.add(kept.message(together));
        }
        return taken;
    }

    private interface Attempt {
        List<SpooledMessage> now();
    }

    private List<SpooledMessage> await(Duration wait, Attempt attempt) throws InterruptedException {
        var left = wait.toNanos();
        lock.lockInterruptibly();
        try {
            while (!stopped) {
                var taken = attempt.now();
                if (!taken.isEmpty() || left <= 0) {
                    return taken;
                }
                var step = Math.min(left, TimeUnit.MILLISECONDS.toNanos(5));
                left -= step - Math.min(step, Math.max(0, changed.awaitNanos(step)));
            }
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    @Override public void release(SpooledMessage claimed) {
        lock.lock();
        try {
            var kept = messages.get(claimed.id().number());
            for (var recipient : claimed.recipients()) {
                if (kept != null && kept.recipients.get(recipient.number()).state().equals(recipient.state())) {
                    kept.claimed.remove(recipient.number());
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override public Optional<SpooledMessage> find(QueueId id) {
        lock.lock();
        try {
            return Optional.ofNullable(messages.get(id.number())).map(kept -> kept.message(kept.recipients));
        } finally {
            lock.unlock();
        }
    }

    @Override public List<Event> history(QueueId id) {
        lock.lock();
        try {
            return Optional.ofNullable(messages.get(id.number())).map(kept -> List.copyOf(kept.history))
                .orElse(List.of());
        } finally {
            lock.unlock();
        }
    }

    @Override public List<SpooledMessage> list(Optional<QueueId> after, int most) {
        lock.lock();
        try {
            return messages.tailMap(after.map(QueueId::number).orElse(0L), false).values().stream()
                .filter(kept -> kept.recipients.stream().anyMatch(recipient -> !recipient.state().isFinal()))
                .limit(most).map(kept -> kept.message(kept.recipients)).toList();
        } finally {
            lock.unlock();
        }
    }

    @Override public Counts counts() {
        lock.lock();
        try {
            return new Counts(count(RecipientState.Pending.class) + count(RecipientState.Failed.class)
                + count(RecipientState.Unreported.class),
                count(RecipientState.Routed.class), count(RecipientState.Held.class));
        } finally {
            lock.unlock();
        }
    }

    private long count(Class<? extends RecipientState> kind) {
        return messages.values().stream().flatMap(kept -> kept.recipients.stream())
            .filter(recipient -> kind.isInstance(recipient.state())).count();
    }

    private void checkWorks() {
        if (broken) {
            throw new SpoolException("broken on purpose", false, null);
        }
    }

    @Override public Started startDelivery(Predicate<Waiting> which, Instant now) {
        var messageCount = 0;
        var inHand = 0;
        var made = 0;
        lock.lock();
        try {
            checkWorks();
            for (var kept : messages.values()) {
                var meant = kept.recipients.stream().filter(recipient ->
                    recipient.state() instanceof RecipientState.Routed routed
                        && which.test(new Waiting(routed.route(), recipient.recipient().mailbox(),
                            () -> kept.message(List.of(recipient)).senderOf(recipient)))).toList();
                var free = meant.stream().filter(recipient -> !kept.claimed.contains(recipient.number())).toList();
                messageCount += meant.isEmpty() ? 0 : 1;
                inHand += meant.isEmpty() || !free.isEmpty() ? 0 : 1;
                for (var recipient : free) {
                    if (recipient.state() instanceof RecipientState.Routed routed && routed.due().isAfter(now)) {
                        kept.recipients.set(recipient.number(), recipient.with(routed.at(now)));
                        made++;
                    }
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        return new Started(messageCount, inHand, made);
    }

    @Override public void putOff(Instant now, Consumer<QueueId> each) {
        List<Long> found;
        lock.lock();
        try {
            found = messages.entrySet().stream().filter(entry -> entry.getValue().recipients.stream().anyMatch(
                recipient -> recipient.state() instanceof RecipientState.Pending pending
                    && pending.due().isAfter(now))).map(Map.Entry::getKey).toList();
        } finally {
            lock.unlock();
        }
        found.forEach(id -> each.accept(new QueueId(id)));
    }

    @Override public int move(QueueId id, Move moves, String event) {
        var count = 0;
        lock.lock();
        try {
            var kept = messages.get(id.number());
            for (var recipient : kept == null ? List.<QueuedRecipient>of() : kept.unclaimed().toList()) {
                var next = recipient.state().isFinal() ? Optional.<RecipientState>empty() : moves.next(recipient);
                if (next.isPresent()) {
                    kept.recipients.set(recipient.number(), recipient.with(RecipientRow.plain(next.get())));
                    kept.history.add(RecipientRow.event(clock.instant(), recipient, event));
                    count++;
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        return count;
    }

    private void locked(Runnable work) {
        lock.lock();
        try {
            work.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** One message and all that happened to it. */
    private static final class Kept {
        private final QueueId id;
        private final Origin origin;
        private final List<Variant> variants = new ArrayList<>();
        private final List<QueuedRecipient> recipients = new ArrayList<>();
        private final List<Event> history;
        private final Set<Integer> claimed = new HashSet<>();

        Kept(NewMessage message) {
            id = message.id();
            origin = message.origin();
            message.variants().forEach(this::add);
            message.recipients().forEach(this::add);
            history = new ArrayList<>(message.history());
        }

        void add(NewVariant variant) {
            var octets = ((MemoryDraft) variant.content()).octetsNow();
            variants.add(new Variant(variants.size(), new Octets(octets), variant.attributes(),
                variant.sender()));
        }

        void add(NewRecipient added) {
            recipients.add(new QueuedRecipient(recipients.size(), added.recipient(), added.variant(),
                RecipientRow.plain(added.state())));
        }

        Stream<QueuedRecipient> unclaimed() {
            return recipients.stream().filter(recipient -> !claimed.contains(recipient.number()));
        }

        SpooledMessage message(List<QueuedRecipient> some) {
            return new SpooledMessage(id, origin, variants, some);
        }
    }

    /** Octets that do not change any more. */
    private static final class Octets implements Content {
        private final byte[] all;

        Octets(byte[] all) {
            this.all = all;
        }

        @Override public long octets() {
            return all.length;
        }

        @Override public InputStream open() {
            return new ByteArrayInputStream(all);
        }
    }

    /** A draft on the heap. */
    private static final class MemoryDraft implements Draft {
        private final ByteArrayOutputStream octets = new ByteArrayOutputStream();

        byte[] octetsNow() {
            return octets.toByteArray();
        }

        @Override public OutputStream out() {
            return octets;
        }

        @Override public void refer(Content original, long from) throws IOException {
            Objects.checkIndex(from, original.octets() + 1);
            try (var in = original.open()) {
                in.skipNBytes(from);
                in.transferTo(octets);
            }
        }

        @Override public long octets() {
            return octets.size();
        }

        @Override public InputStream open() {
            return new ByteArrayInputStream(octets.toByteArray());
        }

        @Override public void close() {
            // The heap forgets by itself.
        }
    }
}
