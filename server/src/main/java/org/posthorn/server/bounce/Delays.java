package org.posthorn.server.bounce;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.smtp.Recipient.Notify;
import org.posthorn.server.config.Section;
import org.posthorn.server.spool.Origin;

/**
 * When a sender is told that a message has not arrived yet (RFC 3461 section 5.2.5), wherever it waits.
 *
 * @param after how old the message is then, in order; none for never. Default once, after 4 hours
 * @param unasked whether that holds for senders too that did not ask, having given no NOTIFY; default true
 */
public record Delays(List<Duration> after, boolean unasked) {

    /** What holds where nothing is said. */
    public static final Delays DEFAULT = new Delays(List.of(Duration.ofHours(4)), true);

    /** Sorts the times. */
    public Delays {
        after = after.stream().sorted().toList();
    }

    /** Reads {@code <delay-notice>} and {@code <delay-notice-unasked>}. */
    public static Delays read(Section section) {
        var after = new ArrayList<Duration>();
        for (var notice : section.children("delay-notice")) {
            after.add(notice.duration("after", Duration.ZERO));
        }
        return new Delays(after.isEmpty() ? DEFAULT.after : after.stream().filter(Duration::isPositive).toList(),
            section.flag("delay-notice-unasked", DEFAULT.unasked));
    }

    /**
     * How many notices a sender ought to have by now: one for each time that is configured, where NOTIFY allows it,
     * and one when it was not delivered by the time that was named (RFC 2852).
     */
    public int due(Origin origin, Recipient recipient, Instant now) {
        if (!mayBeTold(origin, recipient)) {
            return 0;
        }
        var due = origin.parameters().handling().by().filter(by -> !now.isBefore(by.at())).isPresent() ? 1 : 0;
        if (isByAge(recipient)) {
            var age = Duration.between(start(origin), now);
            for (var time : after) {
                due += age.compareTo(time) < 0 ? 0 : 1;
            }
        }
        return due;
    }

    /** When the next notice is due that is so for its age; empty where there is none any more. */
    public Optional<Instant> next(Origin origin, Recipient recipient, Instant now) {
        if (!mayBeTold(origin, recipient) || !isByAge(recipient)) {
            return Optional.empty();
        }
        return after.stream().map(start(origin)::plus).filter(now::isBefore).findFirst();
    }

    private static boolean mayBeTold(Origin origin, Recipient recipient) {
        var on = recipient.notifyOn();
        return !origin.sender().isNull() && (on.isEmpty() || on.contains(Notify.DELAY));
    }

    private boolean isByAge(Recipient recipient) {
        return unasked || !recipient.notifyOn().isEmpty();
    }

    private static Instant start(Origin origin) {
        return origin.parameters().handling().start(origin.received());
    }
}
