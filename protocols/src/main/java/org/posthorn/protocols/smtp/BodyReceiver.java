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

    private static final int BLOCK = 8 * 1024;

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

    /**
     * Receives to the end of the stream.
     *
     * @throws SocketTimeoutException when the client is too slow
     */
    void receive(InputStream from, Target target) throws IOException {
        var started = nanoTime.getAsLong();
        var block = new byte[BLOCK];
        long octets = 0;
        while (true) {
            var elapsed = Duration.ofNanos(nanoTime.getAsLong() - started);
            var left = deadlines.message().minus(elapsed);
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
        }
    }

    private boolean isTooSlow(long octets, Duration elapsed) {
        return elapsed.compareTo(deadlines.block()) > 0
            && octets < elapsed.toSeconds() * deadlines.octetsPerSecond();
    }
}
