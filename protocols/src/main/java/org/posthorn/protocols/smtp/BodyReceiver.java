package org.posthorn.protocols.smtp;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.posthorn.protocols.net.Wire;
import org.posthorn.protocols.wire.Limits;

/**
 * Moves the octets of a message from the wire to where they go, and does not wait for ever: each block, the whole, and
 * the average speed have their limit, or a client that drips would hold its place as long as it likes.
 */
final class BodyReceiver {

    /** Octets of the first block, which most messages fit into, and of the others of one that goes on. */
    private static final int FIRST_BLOCK = 8 * 1024;
    private static final int BLOCK = 32 * 1024;

    private final Wire wire;
    private final Limits.Deadlines deadlines;
    private final LongSupplier nanoTime;

    BodyReceiver(Wire wire, Limits.Deadlines deadlines, LongSupplier nanoTime) {
        this.wire = wire;
        this.deadlines = deadlines;
        this.nanoTime = nanoTime;
    }

    /** Where octets go. */
    interface Target {
        void take(byte[] piece, int length);
    }

    /** When a message begins, as {@link #receive(InputStream, long, Target)} wants it. */
    long begin() {
        return nanoTime.getAsLong();
    }

    /** Receives a message, or what belongs to none, to the end of the stream. */
    void receive(InputStream from, Target target) throws IOException {
        receive(from, begin(), target);
    }

    /**
     * Receives a chunk of a message to the end of the stream. The average speed counts within the chunk, for between
     * chunks the client waits for us; the whole message has its time from its beginning.
     *
     * @param began of {@link #begin}
     * @throws SocketTimeoutException when the client is too slow
     */
    void receive(InputStream from, long began, Target target) throws IOException {
        var started = nanoTime.getAsLong();
        var block = new byte[FIRST_BLOCK];
        wire.busy();
        long octets = 0;
        while (true) {
            var now = nanoTime.getAsLong();
            var elapsed = Duration.ofNanos(now - started);
            var left = deadlines.message().minusNanos(now - began);
            if (left.isNegative() || isTooSlow(octets, elapsed)) {
                throw new SocketTimeoutException(octets + " octets in " + elapsed);
            }
            wire.deadline(left.compareTo(deadlines.block()) < 0 ? left : deadlines.block());
            var count = from.read(block);
            if (count < 0) {
                return;
            }
            octets += count;
            target.take(block, count);
            if (count == block.length && block.length < BLOCK) {
                block = new byte[BLOCK];
            }
        }
    }

    private boolean isTooSlow(long octets, Duration elapsed) {
        return elapsed.compareTo(deadlines.block()) > 0
            && octets < elapsed.toSeconds() * deadlines.octetsPerSecond();
    }
}
