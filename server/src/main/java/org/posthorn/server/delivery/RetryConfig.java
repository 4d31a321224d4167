package org.posthorn.server.delivery;

import java.time.Duration;
import org.posthorn.server.config.Section;

/**
 * How long and how often to try: {@code <retry>} in {@code conf/delivery.xml}.
 *
 * @param first the wait after the first failed attempt; default 3 minutes
 * @param most the longest wait between two attempts; default 1 hour
 * @param lifetime how long a message is tried from its arrival on; default 5 days
 * @param bounceLifetime the same for messages with the null sender; default 5 days
 */
public record RetryConfig(Duration first, Duration most, Duration lifetime, Duration bounceLifetime) {

    /** What RFC 5321 section 4.5.4.1 has in mind. */
    public static final RetryConfig DEFAULT = new RetryConfig(Duration.ofMinutes(3), Duration.ofHours(1),
        Duration.ofDays(5), Duration.ofDays(5));

    /** Reads {@code <retry>}. */
    static RetryConfig read(Section section) {
        var first = section.duration("first", DEFAULT.first);
        var most = section.duration("most", DEFAULT.most.compareTo(first) < 0 ? first : DEFAULT.most);
        if (first.isZero() || most.compareTo(first) < 0) {
            section.problem("<retry> needs a first wait above zero and no longer than most; the defaults are 3 m, 1 h");
            first = DEFAULT.first;
            most = DEFAULT.most;
        }
        var lifetime = section.duration("lifetime", DEFAULT.lifetime);
        return new RetryConfig(first, most, lifetime, section.duration("bounce-lifetime", lifetime));
    }
}
