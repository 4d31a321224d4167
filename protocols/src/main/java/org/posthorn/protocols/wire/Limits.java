package org.posthorn.protocols.wire;

import java.time.Duration;

/**
 * How much of anything one session may use. Each default says why.
 *
 * @param commandLine octets of a command line with its CRLF: 512 (RFC 5321 section 4.5.3.1.4). Parameters of offered
 *     extensions come on top
 * @param authLine octets of a line of an AUTH exchange with its CRLF: 12288 (RFC 4954 section 4)
 * @param textLine octets of a line of a message with its CRLF: 1 MiB. RFC 5321 section 4.5.3.1.6 allows 1000, but HTML
 *     written on one line by common programs has hundreds of thousands, and a line is streamed, not held
 * @param messageSize octets of a message, inclusive: 50 MiB
 * @param recipients of one transaction: 1000, the others get 452 4.5.3; RFC 5321 section 4.5.3.1.8 asks for 100
 * @param transactions of one session: 1000, then 421; a queue runner with more begins a new session
 * @param errors of one session: 20 replies that say the client did wrong, then 421; people type, programs repeat
 * @param idleCommands one after the other without a message coming in, such as NOOP, RSET, VRFY and EHLO: 100, then 421
 * @param authFailures of one session: 3, as many as a person tries; the next AUTH gets 421
 * @param deadlines how long anything may take
 */
public record Limits(int commandLine, int authLine, int textLine, long messageSize, int recipients, int transactions,
                     int errors, int idleCommands, int authFailures, Deadlines deadlines) {

    /** See the parameters for the reasons. */
    public static final Limits DEFAULT = new Limits(512, 12_288, 1 << 20, 50L << 20, 1000, 1000, 20, 100, 3,
        Deadlines.DEFAULT);

    /** None may be so small that conforming clients fail. */
    public Limits {
        atLeast("command line", commandLine, 512);
        atLeast("AUTH line", authLine, 512);
        atLeast("text line", textLine, 1000);
        atLeast("message size", messageSize, 1);
        atLeast("recipients", recipients, 1);
        atLeast("transactions", transactions, 1);
        atLeast("errors", errors, 1);
        atLeast("idle commands", idleCommands, 1);
        atLeast("authentication failures", authFailures, 1);
    }

    /** With another message size, in octets. */
    public Limits withMessageSize(long octets) {
        return new Limits(commandLine, authLine, textLine, octets, recipients, transactions, errors, idleCommands,
            authFailures, deadlines);
    }

    /** With another number of recipients of one transaction. */
    public Limits withRecipients(int number) {
        return new Limits(commandLine, authLine, textLine, messageSize, number, transactions, errors, idleCommands,
            authFailures, deadlines);
    }

    /** With other counts for a whole session. */
    public Limits withSessionCounts(int newTransactions, int newErrors, int newIdleCommands, int newAuthFailures) {
        return new Limits(commandLine, authLine, textLine, messageSize, recipients, newTransactions, newErrors,
            newIdleCommands, newAuthFailures, deadlines);
    }

    /** With another longest line of a message, in octets. */
    public Limits withTextLine(int octets) {
        return new Limits(commandLine, authLine, octets, messageSize, recipients, transactions, errors, idleCommands,
            authFailures, deadlines);
    }

    private static void atLeast(String what, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(
                "the limit of " + what + " must be at least " + least + ", not " + value);
        }
    }

    /**
     * How long a session waits for its peer (RFC 5321 section 4.5.3.2).
     *
     * @param command for a whole command line to arrive: 5 minutes (section 4.5.3.2.7)
     * @param block for the next octets of a message to arrive: 3 minutes (section 4.5.3.2.5)
     * @param message for a whole message to arrive: 1 hour, or a client that drips would hold its place for ever
     * @param reply for a reply to leave: 1 minute; a peer that reads nothing is gone
     * @param handshake for TLS to come up: 1 minute
     * @param octetsPerSecond slowest message accepted, on average, once {@code block} has passed: 100, under what
     *     any modem does
     */
    public record Deadlines(Duration command, Duration block, Duration message, Duration reply, Duration handshake,
                            int octetsPerSecond) {

        /** See the parameters for the reasons. */
        public static final Deadlines DEFAULT = new Deadlines(Duration.ofMinutes(5), Duration.ofMinutes(3),
            Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofMinutes(1), 100);
    }
}
