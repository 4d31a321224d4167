package org.posthorn.server.delivery;

import org.posthorn.server.config.Section;

/**
 * How much goes on at once: {@code <limits>} in {@code conf/delivery.xml}.
 *
 * @param active jobs taken from the spool and not settled yet; default 2,000. The rest waits in the spool
 * @param workers jobs being delivered; default 400
 * @param waiting jobs that wait in memory for one destination; default 500. The rest is sent back to the spool
 */
public record Limits(int active, int workers, int waiting) {

    /** For a server of modest size. */
    public static final Limits DEFAULT = new Limits(2_000, 400, 500);

    /** Reads {@code <limits>}. */
    static Limits read(Section section) {
        return new Limits(section.integer("active", DEFAULT.active, 1, 1_000_000),
            section.integer("workers", DEFAULT.workers, 1, 100_000),
            section.integer("waiting", DEFAULT.waiting, 1, 1_000_000));
    }
}
