package org.posthorn.protocols.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many connections there may be, in all and from one address, as tokens that are taken and given back. Listeners
 * may share one. IPv6 addresses count by their first 64 bits: who has one of these has them all.
 *
 * <p>Thread-safe: one lock guards the counts.
 */
public final class ConnectionLimits {

    private final int total;
    private final int perAddress;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Source, Integer> bySource = new HashMap<>();
    private int taken;

    /**
     * Sets the limits, both inclusive.
     *
     * @param total at least 1
     * @param perAddress at least 1
     */
    public ConnectionLimits(int total, int perAddress) {
        if (total < 1 || perAddress < 1) {
            throw new IllegalArgumentException("the limits of connections must be at least 1");
        }
        this.total = total;
        this.perAddress = perAddress;
    }

    /** What came of asking. */
    public sealed interface Admission {

        /** Welcome. The token is given back by closing it. */
        record Admitted(Token token) implements Admission {
        }

        /** There are too many in all. */
        record Full() implements Admission {
        }

        /** There are too many from this address. */
        record TooManyFromAddress() implements Admission {
        }
    }

    /** One place. Closing it twice gives back one. */
    public interface Token extends AutoCloseable {

        /**
         * Counts for that address from now on, and for the one before no more.
         *
         * @return false when there are too many from there; nothing has changed then
         */
        boolean countFor(InetAddress address);

        @Override void close();
    }

    /** The address, or its network, as a key. */
    private record Source(String key) {
        static Source of(InetAddress address) {
            return new Source(address instanceof Inet6Address
                ? Arrays.toString(Arrays.copyOf(address.getAddress(), 8)) : address.getHostAddress());
        }
    }

    /** Takes a place for a connection from this address. */
    public Admission admit(InetAddress address) {
        var source = Optional.of(Source.of(address));
        lock.lock();
        try {
            if (taken >= total) {
                return new Admission.Full();
            }
            if (isFull(source.get())) {
                return new Admission.TooManyFromAddress();
            }
            taken++;
            count(source, 1);
        } finally {
            lock.unlock();
        }
        return new Admission.Admitted(new Place(source));
    }

    /** Takes a place for a connection that a proxy passes on; from whose address it will be said. */
    public Admission admitFromProxy() {
        lock.lock();
        try {
            if (taken >= total) {
                return new Admission.Full();
            }
            taken++;
        } finally {
            lock.unlock();
        }
        return new Admission.Admitted(new Place(Optional.empty()));
    }

    /** How many places are taken. */
    public int taken() {
        lock.lock();
        try {
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private boolean isFull(Source source) {
        return bySource.getOrDefault(source, 0) >= perAddress;
    }

    private void count(Optional<Source> source, int change) {
        source.ifPresent(known -> bySource.merge(known, change, (had, more) -> had + more == 0 ? null : had + more));
    }

    /** A place that is taken; the lock of the limits guards it too. */
    private final class Place implements Token {

        private Optional<Source> source;
        private boolean open = true;

        private Place(Optional<Source> source) {
            this.source = source;
        }

        @Override public boolean countFor(InetAddress address) {
            var next = Optional.of(Source.of(address));
            lock.lock();
            try {
                if (!open || next.equals(source)) {
                    return open;
                }
                if (isFull(next.get())) {
                    return false;
                }
                count(source, -1);
                count(next, 1);
                source = next;
                return true;
            } finally {
                lock.unlock();
            }
        }

        @Override public void close() {
            lock.lock();
            try {
                if (open) {
                    open = false;
                    taken--;
                    count(source, -1);
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
