package org.posthorn.server.chain;

import java.time.Duration;
import java.util.Set;
import org.posthorn.server.config.Section;

/**
 * Whether recipients of relay domains are verified with the far side: {@code verify="true"} of {@code <relay-domain>},
 * and {@code <verification>} in relay.xml.
 *
 * @param domains whose recipients are verified, in lower case; none by default
 * @param takeUnanswered whether mail is taken while the far side does not answer; default no, it is deferred with 451
 *     and its sender keeps it
 * @param within how long a client waits for the answer; default 10 s
 * @param connections questions asked at a time; default 20
 * @param positive how long a yes holds while the far side does not answer; default 7 d
 * @param refresh after which time a yes is asked for again; default 1 d
 * @param negative how long a no holds; default 1 h
 * @param entries addresses remembered; default 10,000, about 3 MB
 */
public record VerifyConfig(Set<String> domains, boolean takeUnanswered, Duration within, int connections,
                           Duration positive, Duration refresh, Duration negative, int entries) {

    /** Nobody is verified. */
    public static final VerifyConfig NONE = of(Set.of());

    /** What to do with mail while the far side does not answer. */
    enum Unanswered { DEFER, TAKE }

    /** Copies the set. */
    public VerifyConfig {
        domains = Set.copyOf(domains);
    }

    /** The defaults for these domains. */
    public static VerifyConfig of(Set<String> domains) {
        return new VerifyConfig(domains, false, Duration.ofSeconds(10), 20, Duration.ofDays(7), Duration.ofDays(1),
            Duration.ofHours(1), 10_000);
    }

    static VerifyConfig read(Section verification, Set<String> domains) {
        var standard = of(domains);
        return new VerifyConfig(domains,
            verification.choice("unanswered", Unanswered.DEFER) == Unanswered.TAKE,
            verification.duration("wait", standard.within),
            verification.integer("connections", standard.connections, 1, 1000),
            verification.duration("taken", standard.positive),
            verification.duration("refresh", standard.refresh),
            verification.duration("refused", standard.negative),
            verification.integer("entries", standard.entries, 1, 10_000_000));
    }
}
