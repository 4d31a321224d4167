package org.posthorn.protocols.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
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
        var source = Source.of(address);
        lock.lock();
        try {
            if (taken >= total) {
                return new Admission.Full();
            }
            if (bySource.getOrDefault(source, 0) >= perAddress) {
                return new Admission.TooManyFromAddress();
            }
            taken++;
            bySource.merge(source, 1, Integer::sum);
        } finally {
            lock.unlock();
        }
        var open = new AtomicBoolean(true);
        return new Admission.Admitted(() -> {
            if (open.compareAndSet(true, false)) {
                giveBack(source);
            }
        });
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

    private void giveBack(Source source) {
        lock.lock();
        try {
            taken--;
            bySource.computeIfPresent(source, (_, count) -> count == 1 ? null : count - 1);
        } finally {
            lock.unlock();
        }
    }
}
