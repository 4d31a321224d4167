package org.posthorn.server.delivery;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.server.bounce.Delays;
import org.posthorn.server.config.Section;
import org.posthorn.server.spool.Origin;

/**
 * How long and how often to try: {@code <retry>} in {@code conf/delivery.xml}.
 *
 * @param first the wait after the first failed attempt; default 3 minutes
 * @param most the longest wait between two attempts; default 1 hour
 * @param lifetime how long a message is tried from its arrival on; default 5 days
 * @param bounceLifetime the same for messages with the null sender; default 5 days
 * @param delays when a sender is told of the delay
 * @param others lifetimes of their own; the first that applies holds
 */
public record RetryConfig(Duration first, Duration most, Duration lifetime, Duration bounceLifetime, Delays delays,
                          List<Other> others) {

    /** What RFC 5321 section 4.5.4.1 has in mind. */
    public static final RetryConfig DEFAULT = new RetryConfig(Duration.ofMinutes(3), Duration.ofHours(1),
        Duration.ofDays(5), Duration.ofDays(5), Delays.DEFAULT, List.of());

    /** Copies the list. */
    public RetryConfig {
        others = List.copyOf(others);
    }

    /** With the usual notices of delays, and one lifetime for all. */
    public RetryConfig(Duration first, Duration most, Duration lifetime, Duration bounceLifetime) {
        this(first, most, lifetime, bounceLifetime, Delays.DEFAULT, List.of());
    }

    /**
     * A lifetime for some mail.
     *
     * @param domain of the recipient, in lower case; with all below it when it begins with a dot; empty for all
     * @param priority from this one on (MT-PRIORITY)
     */
    public record Other(String domain, int priority, Duration lifetime) {

        boolean holdsFor(Origin origin, Mailbox recipient) {
            var at = recipient.domain().toLowerCase(Locale.ROOT);
            return origin.parameters().handling().priority() >= priority
                && (domain.isEmpty() || at.equals(domain) || domain.startsWith(".") && at.endsWith(domain));
        }

        private static Other read(Section section) {
            return new Other(section.string("domain", "").toLowerCase(Locale.ROOT),
                section.integer("priority", -Handling.MOST_URGENT, -Handling.MOST_URGENT, Handling.MOST_URGENT),
                section.duration("lifetime", DEFAULT.lifetime));
        }
    }

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
        return new RetryConfig(first, most, lifetime, section.duration("bounce-lifetime", lifetime),
            Delays.read(section), section.children("queue").stream().map(Other::read).toList());
    }
}
