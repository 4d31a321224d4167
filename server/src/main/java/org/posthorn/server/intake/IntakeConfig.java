package org.posthorn.server.intake;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.posthorn.server.config.Section;

/**
 * What intake goes by, from {@code <intake>}.
 *
 * @param hostname our name, after {@code by} in Received and in the Message-IDs that we make
 * @param authservIds the names under which we write Authentication-Results, in lower case; whatever comes in with one
 * of
 *     them is a forgery
 * @param largestMessage octets; twice as many have to be free for MAIL to be accepted
 * @param hopLimit a message with more Received fields is in a loop
 * @param headerOctets how long a header may be
 * @param headerFields how many fields it may have
 * @param lmtpWait how long an LMTP client is kept waiting for the end of its recipients; then it hears that they are
 *     queued. Clients wait ten minutes for it (RFC 5321 section 4.5.3.2.6)
 * @param lagPause for how long each message of a client that did not log in is held up at MAIL while more mail is ready
 *     than the spool keeps in memory: 1 s, as Postfix has it; enough that delivery catches up, and no client minds
 * @param verp senders, in lower case, whose mail gets a return path for each recipient, and its two delimiters
 */
public record IntakeConfig(String hostname, Set<String> authservIds, long largestMessage, int hopLimit,
                           int headerOctets, int headerFields, Duration lmtpWait, Duration lagPause,
                           Map<String, String> verp) {

    private static final int HOPS = 100;
    private static final int OCTETS = 1 << 20;
    private static final int FIELDS = 1000;
    private static final Duration LMTP_WAIT = Duration.ofMinutes(5);
    private static final Duration LAG_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);    // clients wait five

    /** Checks the bounds. */
    public IntakeConfig {
        authservIds = authservIds.stream().map(id -> id.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
        verp = Map.copyOf(verp);
        if (!hostname.matches("[A-Za-z0-9._:\\[\\]-]{1,255}")) {
            throw new IllegalArgumentException("not a host name: '" + hostname + "'");
        }
        if (largestMessage < 1 || hopLimit < 1 || headerOctets < 1 || headerFields < 1) {
            throw new IllegalArgumentException("the limits of intake are positive");
        }
    }

    /** Without senders that get a return path for each recipient. */
    public IntakeConfig(String hostname, Set<String> authservIds, long largestMessage, int hopLimit, int headerOctets,
                        int headerFields, Duration lmtpWait, Duration lagPause) {
        this(hostname, authservIds, largestMessage, hopLimit, headerOctets, headerFields, lmtpWait, lagPause, Map.of());
    }

    /** The defaults: 100 hops, a header of 1 MiB and 1,000 fields. */
    public static IntakeConfig of(String hostname, long largestMessage) {
        return new IntakeConfig(hostname, Set.of(hostname), largestMessage, HOPS, OCTETS, FIELDS, LMTP_WAIT,
            LAG_PAUSE);
    }

    /** Reads {@code <intake>}; mistakes become problems of the section. */
    public static IntakeConfig read(Section section, String hostname, long largestMessage) {
        var ids = Stream.concat(Stream.of(hostname), section.strings("authserv-id").stream())
            .collect(Collectors.toSet());
        var hops = section.integer("hop-limit", HOPS, 10, 10_000);
        var fields = section.integer("header-fields", FIELDS, 50, 1_000_000);
        var octets = section.octets("header-size", OCTETS);
        if (octets < 4096 || octets > 1 << 30) {
            section.problem("header-size: expected 4 KiB to 1 GiB, found " + octets + " octets");
            octets = OCTETS;
        }
        var pause = section.duration("lag-pause", LAG_PAUSE);
        if (pause.compareTo(LONGEST_PAUSE) > 0) {
            section.problem("lag-pause: expected 1 m at most: clients wait 5 minutes for a reply (RFC 5321 section"
                + " 4.5.3.2)");
        }
        return new IntakeConfig(hostname, ids, largestMessage, hops, (int) octets, fields,
            section.duration("lmtp-wait", LMTP_WAIT), pause, verp(section));
    }

    private static Map<String, String> verp(Section section) {
        var senders = new HashMap<String, String>();
        for (var verp : section.children("verp")) {
            var delimiters = verp.value("delimiters", "+=", text -> {
                if (!text.matches("[-=+]{2}")) {
                    throw new IllegalArgumentException("expected two of + - =");
                }
                return text;
            });
            senders.put(verp.required("sender").toLowerCase(Locale.ROOT), delimiters);
        }
        return senders;
    }
}
