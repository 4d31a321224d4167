package org.posthorn.server.delivery.local;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.Disk;

/**
 * Makes files and names durable, many at once: while the disk works for some, the others gather, and one force of the
 * whole file system serves all of them. One or two are forced each by itself, and all are where the file system
 * cannot be forced as a whole, failed to be, or took long a moment ago because of what others write to it. It takes a
 * sixth off the CPU time of a message to a mailbox.
 */
final class SharedForce {

    private static final EventLog LOG = EventLog.of(SharedForce.class);
    private static final int WORTH = 3;         // files, for which the whole file system is forced
    private static final Duration LONG = Duration.ofSeconds(1);
    private static final Duration APART = Duration.ofSeconds(30);   // each by itself, after one that took so long

    private final Optional<Disk.Volume> volume;
    private final LongSupplier nanos;
    private final Executor turns = Executors.newSingleThreadExecutor(
        Thread.ofPlatform().daemon().name("mailbox-force").factory());  // a virtual one would keep others from running
    private final ReentrantLock lock = new ReentrantLock();
    private List<Member> gathering = new ArrayList<>();     // guarded by the lock
    private volatile long apartUntil;

    /** Forces that file system as a whole; without one each file by itself. */
    SharedForce(Optional<Disk.Volume> volume) {
        this(volume, System::nanoTime);
    }

    /** @param nanos as {@link System#nanoTime} */
    SharedForce(Optional<Disk.Volume> volume, LongSupplier nanos) {
        this.volume = volume;
        this.nanos = nanos;
        this.apartUntil = nanos.getAsLong();
    }

    /** How one file or directory is forced by itself. */
    @FunctionalInterface
    interface Own {
        void force() throws IOException;
    }

    /** Somebody who waits. */
    private static final class Member {
        private final Own own;
        private final CountDownLatch done = new CountDownLatch(1);
        private boolean forced;                                     // these two before it is done
        private Optional<IOException> failure = Optional.empty();

        Member(Own own) {
            this.own = own;
        }
    }

    /** Returns when all that was done before this call, and that {@code own} would make durable, is durable. */
    void force(Own own) throws IOException {
        var member = new Member(own);
        if (volume.isEmpty() || nanos.getAsLong() - apartUntil < 0 || !gathers(member, volume.get())) {
            own.force();
            return;
        }
        await(member.done);
        if (!member.forced) {
            throw new IOException(member.failure.map(Throwable::getMessage).orElse("not forced"),
                member.failure.orElse(null));
        }
    }

    /** False when nobody can be made to force it. */
    private boolean gathers(Member member, Disk.Volume whole) {
        lock.lock();
        try {
            if (gathering.isEmpty()) {
                turns.execute(() -> turn(whole));
            }
            gathering.add(member);
            return true;
        } catch (RuntimeException | Error e) {
            LOG.error("no-thread-to-force-mailboxes", e);
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** How many gather. */
    int waiting() {
        lock.lock();
        try {
            return gathering.size();
        } finally {
            lock.unlock();
        }
    }

    /** An interrupt waits too: the disk's answer comes, and what was not forced is delivered again. */
    private static void await(CountDownLatch done) {
        var interrupted = false;
        for (var over = false; !over;) {
            try {
                done.await();
                over = true;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void turn(Disk.Volume whole) {
        List<Member> members;
        lock.lock();
        try {
            members = gathering;
            gathering = new ArrayList<>();
        } finally {
            lock.unlock();
        }
        try {
            var together = members.size() >= WORTH && isForced(whole);
            for (var member : members) {
                if (together) {
                    member.forced = true;
                } else {
                    forceOwn(member);
                }
            }
        } finally {
            members.forEach(member -> member.done.countDown());
        }
    }

    private boolean isForced(Disk.Volume whole) {
        var began = nanos.getAsLong();
        try {
            whole.force();
            var took = Duration.ofNanos(nanos.getAsLong() - began);
            if (took.compareTo(LONG) > 0) {
                apartUntil = nanos.getAsLong() + APART.toNanos();
                LOG.warn("volume-slow", "took", took, "instead", "each file by itself", "for", APART);
            }
            return true;
        } catch (IOException | RuntimeException | Error e) {
            LOG.warn("volume-not-forced", "why", e.getMessage(), "instead", "each file by itself");
            return false;
        }
    }

    private static void forceOwn(Member member) {
        try {
            member.own.force();
            member.forced = true;
        } catch (IOException e) {
            member.failure = Optional.of(e);
        } catch (RuntimeException | Error e) {
            member.failure = Optional.of(new IOException(e));
        }
    }
}
