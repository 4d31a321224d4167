package org.posthorn.server.listen;

import java.time.Duration;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.protocols.smtp.SessionSettings;
import org.posthorn.protocols.smtp.Terms;
import org.posthorn.protocols.wire.Limits;
import org.posthorn.server.config.Section;

/**
 * The limits of a listener and of its sessions.
 *
 * @param session of one session
 * @param sessions at a time, of one listener: 2000: 12 MB of heap while idle, 120 MB when each is in
 *     the middle of a large message, which a heap of 256 MB stands; each listener has its own, so that port 25 does not
 *     take the places of submission
 * @param sessionsPerAddress at a time, from one address (IPv6: one /64): 200, so that one host cannot take all
 * @param tolerance what sessions overlook
 * @param terms what clients may ask of the queue
 */
public record SessionLimits(Limits session, int sessions, int sessionsPerAddress,
                            SessionSettings.Tolerance tolerance, Terms terms) {

    private static final int MANY = 1_000_000;
    private static final long MOST_SECONDS = 999_999_999;

    static SessionLimits read(Section limits) {
        var standard = Limits.DEFAULT;
        var session = new Limits(
            limits.integer("max-command-line", standard.commandLine(), 512, MANY),
            limits.integer("max-auth-line", standard.authLine(), 512, MANY),
            (int) between(limits, "max-text-line", standard.textLine(), 1000, Integer.MAX_VALUE),
            between(limits, "max-size", standard.messageSize(), 1, Long.MAX_VALUE),
            limits.integer("max-recipients", standard.recipients(), 100, MANY),   // RFC 5321 section 4.5.3.1.8
            limits.integer("max-transactions", standard.transactions(), 1, MANY),
            limits.integer("max-errors", standard.errors(), 1, MANY),
            limits.integer("max-idle-commands", standard.idleCommands(), 1, MANY),
            limits.integer("max-auth-failures", standard.authFailures(), 1, MANY),
            deadlines(limits.childOrEmpty("deadlines")));
        return new SessionLimits(session,
            limits.integer("max-sessions", 2000, 1, MANY),
            limits.integer("max-sessions-per-address", 200, 1, MANY),
            new SessionSettings.Tolerance(limits.flag("strict-pipelining", true), limits.flag("unix-text", true)),
            terms(limits));
    }

    private static Terms terms(Section limits) {
        var standard = Terms.DEFAULT;
        var hold = limits.duration("longest-hold", standard.longestHold());
        if (hold.toSeconds() > MOST_SECONDS) {
            limits.problem("longest-hold: expected 11574 d at most, nine digits of seconds (RFC 4865 section 4)");
            hold = standard.longestHold();
        }
        return new Terms(hold, limits.duration("shortest-delivery", standard.shortestTime()),
            limits.integer("most-priority", standard.mostUrgent(), -1, Handling.MOST_URGENT), standard.clock());
    }

    private static Limits.Deadlines deadlines(Section deadlines) {
        var standard = Limits.Deadlines.DEFAULT;
        return new Limits.Deadlines(
            positive(deadlines, "command", standard.command()),
            positive(deadlines, "block", standard.block()),
            positive(deadlines, "message", standard.message()),
            positive(deadlines, "reply", standard.reply()),
            positive(deadlines, "handshake", standard.handshake()),
            deadlines.integer("octets-per-second", standard.octetsPerSecond(), 0, MANY));
    }

    private static Duration positive(Section section, String key, Duration fallback) {
        var time = section.duration(key, fallback);
        if (time.isPositive()) {
            return time;
        }
        section.problem(key + ": expected a time longer than nothing");
        return fallback;
    }

    private static long between(Section section, String key, long fallback, long min, long max) {
        var octets = section.octets(key, fallback);
        if (octets >= min && octets <= max) {
            return octets;
        }
        section.problem(key + ": expected " + min + " to " + max + " octets, found " + octets);
        return fallback;
    }
}
