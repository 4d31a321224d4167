package org.posthorn.protocols.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A moment by which something must be done, however many steps it takes. Measured by a clock that only goes forward;
 * immutable.
 */
public final class Deadline {

    private final LongSupplier nanos;
    private final long end;

    private Deadline(LongSupplier nanos, long end) {
        this.nanos = nanos;
        this.end = end;
    }

    /** So long from now. */
    public static Deadline in(Duration time) {
        return in(time, System::nanoTime);
    }

    /**
     * So long from now, by another clock.
     *
     * @param nanos as {@link System#nanoTime}
     */
    public static Deadline in(Duration time, LongSupplier nanos) {
        return new Deadline(nanos, nanos.getAsLong() + time.toNanos());
    }

    /** There is none: what has limits of its own keeps them. */
    public static Deadline none() {
        return new Deadline(() -> 0, Long.MAX_VALUE);
    }

    /** How long until then; zero when it has passed. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, end - nanos.getAsLong()));
    }

    /** Whether it has passed. */
    public boolean isOver() {
        return left().isZero();
    }

    /** This time, or what is left if that is shorter. */
    public Duration orSooner(Duration time) {
        var left = left();
        return left.compareTo(time) < 0 ? left : time;
    }

    /** The same wire, no step on which lasts beyond this moment; once it has passed, all that blocks fails at once. */
    public Wire over(Wire wire) {
        return end == Long.MAX_VALUE ? wire : new Ending(wire, this);
    }

    /** A wire whose deadlines end here. */
    private record Ending(Wire wire, Deadline end) implements Wire {

        @Override public InputStream in() {
            return wire.in();
        }

        @Override public OutputStream out() {
            return wire.out();
        }

        @Override public InetSocketAddress local() {
            return wire.local();
        }

        @Override public InetSocketAddress remote() {
            return wire.remote();
        }

        @Override public Optional<InetSocketAddress> proxy() {
            return wire.proxy();
        }

        @Override public boolean countFor(InetAddress address) {
            return wire.countFor(address);
        }

        @Override public void deadline(Duration within) {
            wire.deadline(end.orSooner(within));
        }

        @Override public void idle() {
            wire.idle();
        }

        @Override public boolean isQuiet() throws IOException {
            return wire.isQuiet();
        }

        @Override public Optional<TlsFacts> tls() {
            return wire.tls();
        }

        @Override public void startTls() throws IOException {
            wire.startTls();
        }

        @Override public void close() {
            wire.close();
        }
    }
}
