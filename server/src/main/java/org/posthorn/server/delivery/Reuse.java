package org.posthorn.server.delivery;

import java.time.Duration;
import org.posthorn.server.config.Section;

/**
 * How long connections are kept for further messages.
 *
 * @param idle how long one waits for its next message; zero keeps none
 * @param transactions after how many it is closed; one with more recipients than fit into a transaction ends first
 * @param age how old it may be when a message begins: what was true when it was opened, such as the addresses of a host
 *     or its certificate, comes to be asked anew
 */
public record Reuse(Duration idle, int transactions, Duration age) {

    /** Of stores: ten seconds, long enough for a queue that flows, short enough not to occupy the far side. */
    public static final Reuse STORES = new Reuse(Duration.ofSeconds(10), 100, Duration.ofMinutes(5));

    /** Of strangers' hosts, which count our connections: two seconds. A queue that flows needs no more. */
    public static final Reuse HOSTS = new Reuse(Duration.ofSeconds(2), 100, Duration.ofMinutes(5));

    /** One message each. */
    public static final Reuse NONE = new Reuse(Duration.ZERO, 1, Duration.ZERO);

    /** Reads {@code <idle>}, {@code <transactions>} and {@code <age>}. */
    public static Reuse read(Section section, Reuse usual) {
        return new Reuse(section.duration("idle", usual.idle),
            section.integer("transactions", usual.transactions, 1, 1_000_000), section.duration("age", usual.age));
    }

    /** Whether any connection is used twice. */
    boolean isOn() {
        return !idle.isZero() && !age.isZero() && transactions > 1;
    }
}
