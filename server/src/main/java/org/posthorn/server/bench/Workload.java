package org.posthorn.server.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Kinds of load. */
public enum Workload {
    /** One message a connection, to a Maildir. */
    MAILDIR("maildir", 1, Way.MAILDIR),
    /** A hundred messages a connection, their commands pipelined (RFC 2920), to a Maildir. */
    KEPT_OPEN("kept-open", 100, Way.MAILDIR),
    /** One message a connection, and out again by SMTP. */
    RELAY("relay", 1, Way.SMTP),
    /** One message a connection, and out again by LMTP. */
    LMTP("lmtp", 1, Way.LMTP),
    /** Few messages of 10 MiB, to a Maildir. */
    LARGE("large", 1, Way.MAILDIR);

    private static final int LARGE_SIZE = 10 << 20;   // octets
    private static final int FEWER_MESSAGES = 50;
    private static final int FEWER_SESSIONS = 5;

    private final String id;
    private final int perConnection;
    private final Way way;

    Workload(String id, int perConnection, Way way) {
        this.id = id;
        this.perConnection = perConnection;
        this.way = way;
    }

    /** Where the messages come out. */
    public enum Way { MAILDIR, SMTP, LMTP }

    /**
     * How much is sent.
     *
     * @param messages of one run
     * @param sessions at a time, each in a thread
     * @param size of one message's body, in octets
     */
    public record Amount(int messages, int sessions, int size) {

        /** As much, in so many messages. */
        Amount of(int others) {
            return new Amount(others, sessions, size);
        }
    }

    /** As the command line has it. */
    public String id() {
        return id;
    }

    /** The one of that id. */
    public static Optional<Workload> named(String id) {
        return Arrays.stream(values()).filter(workload -> workload.id.equals(id)).findFirst();
    }

    /** All ids, in their order. */
    public static List<String> ids() {
        return Arrays.stream(values()).map(Workload::id).toList();
    }

    /** Messages of one connection. More than one are pipelined. */
    int perConnection() {
        return perConnection;
    }

    /** Where its messages come out. */
    public Way way() {
        return way;
    }

    /** What becomes of the amount that was asked for: a fiftieth of it if large, in a fifth of the sessions. */
    public Amount amount(Amount asked) {
        return this == LARGE ? new Amount(Math.ceilDiv(asked.messages(), FEWER_MESSAGES),
            Math.ceilDiv(asked.sessions(), FEWER_SESSIONS), LARGE_SIZE) : asked;
    }
}
