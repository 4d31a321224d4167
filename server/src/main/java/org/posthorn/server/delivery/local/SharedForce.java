package org.posthorn.server.delivery.local;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.Disk;

/**
 * Makes files and names durable, many at once: while the disk works for some, the others gather, and one force of the
 * whole file system serves all of them. One or two are forced each by itself, and all are where the file system
 * cannot be forced as a whole, or failed to be. It takes a third off the CPU time of a message to a mailbox.
 */
final class SharedForce {

    private static final EventLog LOG = EventLog.of(SharedForce.class);
    private static final int WORTH = 3;         // files, for which the whole file system is forced
    private static final int IDLE = 10;         // seconds after which the thread ends

    private final Optional<Disk.Volume> volume;
    private final Executor turns = turns();
    private final ReentrantLock lock = new ReentrantLock();
    private List<Member> gathering = new ArrayList<>();     // guarded by the lock

    /** Forces that file system as a whole; without one each file by itself. */
    SharedForce(Optional<Disk.Volume> volume) {
        this.volume = volume;
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
        private Optional<IOException> failure = Optional.empty();   // before it is done

        Member(Own own) {
            this.own = own;
        }
    }

    /** One thread of the system's: a virtual one that calls it would keep others from running. */
    private static Executor turns() {
        var one = new ThreadPoolExecutor(1, 1, IDLE, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("mailbox-force").factory());
        one.allowCoreThreadTimeOut(true);
        return one;
    }

    /** Returns when all that was done before this call, and that {@code own} would make durable, is durable. */
    void force(Own own) throws IOException {
        if (volume.isEmpty()) {
            own.force();
            return;
        }
        var member = new Member(own);
        lock.lock();
        try {
            gathering.add(member);
            if (gathering.size() == 1) {
                turns.execute(() -> turn(volume.get()));
            }
        } finally {
            lock.unlock();
        }
        await(member.done);
        if (member.failure.isPresent()) {
            throw new IOException(member.failure.get().getMessage(), member.failure.get());
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
        if (members.size() < WORTH || !isForced(whole)) {
            members.forEach(SharedForce::forceOwn);
        }
        members.forEach(member -> member.done.countDown());
    }

    private static boolean isForced(Disk.Volume whole) {
        try {
            whole.force();
            return true;
        } catch (IOException | RuntimeException | Error e) {
            LOG.warn("volume-not-forced", "why", e.getMessage(), "instead", "each file by itself");
            return false;
        }
    }

    private static void forceOwn(Member member) {
        try {
            member.own.force();
        } catch (IOException e) {
            member.failure = Optional.of(e);
        } catch (RuntimeException | Error e) {
            member.failure = Optional.of(new IOException(e));
        }
    }
}
