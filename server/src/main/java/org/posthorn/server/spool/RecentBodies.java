package org.posthorn.server.spool;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bodies as they were just written to a segment. Most are delivered within milliseconds, and need not be read from the
 * file: to open, read, check and close it takes a twentieth of a message's cycles. The oldest are forgotten when there
 * are too many. Thread-safe.
 */
final class RecentBodies {

    private final int limit;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Written> written = new ArrayDeque<>();          // oldest first
    private final Map<Slice.Body, Written> places = new HashMap<>();
    private long octets;

    /** @param limit octets that are kept at most */
    RecentBodies(int limit) {
        this.limit = limit;
    }

    /** A body's octets, in an array of their own: one of many bodies would stay as long as any of them. */
    private record Written(Slice.Body body, ByteBuffer octets) {
    }

    /** Keeps a copy of the body, which begins there in the array. */
    void add(Slice.Body body, byte[] array, int offset) {
        if (body.length() > limit) {
            return;
        }
        lock.lock();
        try {
            var one = new Written(body, ByteBuffer.wrap(
                Arrays.copyOfRange(array, offset, offset + (int) body.length())));
            places.put(body, one);
            written.add(one);
            octets += body.length();
            while (octets > limit) {
                var oldest = written.remove();
                places.remove(oldest.body());
                octets -= oldest.body().length();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The slice's octets, if its body is here. */
    Optional<InputStream> open(Slice slice) {
        Written found;
        lock.lock();
        try {
            found = places.get(slice.body());
        } finally {
            lock.unlock();
        }
        return found == null ? Optional.empty() : Optional.of(new ByteArrayInputStream(
            found.octets().array(), (int) slice.from(), (int) slice.length()));
    }
}
