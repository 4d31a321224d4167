package org.posthorn.server.spool;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.server.Service;

/**
 * Keeps every accepted message until each of its recipients is settled. Thread-safe.
 *
 * <p><b>Durability</b>: when {@link #commit} returns, bodies were forced to disk and rows are committed; a crash at any
 * instruction leaves all of a change or nothing of it. Changes of many threads share one flush.
 *
 * <p><b>Claims</b>: {@link #takePending} and {@link #takeDue} hand each recipient to one caller only. The claim ends
 * when a committed settlement moves the recipient, when the caller gives it back by {@link #release}, or when the
 * process ends: work in hand at a crash is handed out again.
 */
public interface Spool extends Service {

    /** A new id. */
    QueueId nextId();

    /** Whether there is room on the disk for a message of this size, with as much again to spare. */
    boolean hasRoom(long octets);

    /** Whether more is ready than is kept in memory: mail comes faster than it leaves. */
    boolean lags();

    /** A place to write a message's octets to. */
    Draft draft();

    /**
     * Makes the change durable.
     *
     * @throws SpoolException when that failed; nothing of it happened
     */
    void commit(Change change);

    /**
     * Puts in force where the pipeline has led recipients, so that delivery may begin at once. What only moves pending
     * recipients on to their routes need not be durable: it is written with their next change, and a crash before that
     * has them led again. All else is committed.
     *
     * @throws SpoolException when that failed; nothing of it happened
     */
    void advance(Change change);

    /**
     * Claims the pending or failed recipients of one message whose time has come, waiting for one if there is none.
     * Recipients of one message that begin at the same processor with the same flag come together.
     *
     * @return empty when the wait is over or the spool is stopping
     */
    Optional<SpooledMessage> takePending(Duration wait) throws InterruptedException;

    /**
     * Claims routed recipients that are due, waiting for the first if there is none; senders take turns. Those of one
     * message that share route and variant come as one element.
     *
     * @param most how many elements at most
     * @return empty when the wait is over or the spool is stopping
     */
    List<SpooledMessage> takeDue(int most, Duration wait) throws InterruptedException;

    /** Gives claimed recipients back as they were: they may be claimed again at once. */
    void release(SpooledMessage claimed);

    /** A message with all its recipients, settled or not, while its history is kept. */
    Optional<SpooledMessage> find(QueueId id);

    /** The history of a message, oldest first; empty when there is none or no more. */
    List<Event> history(QueueId id);

    /**
     * Messages with unsettled recipients, oldest first.
     *
     * @param after only ids larger than this; empty for the beginning
     */
    List<SpooledMessage> list(Optional<QueueId> after, int most);

    /** How many recipients wait, by where they stand. */
    Counts counts();

    /**
     * Starts the delivery of routed recipients: those that are not due are made so. Attempts and expiry stay, held ones
     * stay held, claimed ones are in hand already. Reads all routed recipients, a page at a time, so that delivery goes
     * on meanwhile.
     *
     * @param which asked once for each routed recipient, before it is made due, while the spool is free for others
     */
    Started startDelivery(Predicate<Waiting> which, Instant now);

    /**
     * Tells of each message with pending recipients that are not due yet, once, even if it is made due and put off
     * again meanwhile. The spool is free for others while it is told.
     */
    void putOff(Instant now, Consumer<QueueId> each);

    /**
     * A routed recipient.
     *
     * @param sender that its form of the message is sent with; told on request, since it stands elsewhere
     */
    record Waiting(Route route, Mailbox recipient, Supplier<ReversePath> sender) {
    }

    /**
     * What {@link #startDelivery} found.
     *
     * @param messages with at least one recipient that was meant
     * @param inHand those of them of which every such recipient was claimed already
     * @param made how many recipients were made due
     */
    record Started(int messages, int inHand, int made) {
    }

    /**
     * An operator's hand on the recipients of one message, or on the unclaimed ones that {@code moves} gives a new
     * state for.
     *
     * @param moves the new state, or empty to leave the recipient alone
     * @param event what is written into the history for each moved one
     * @return how many were moved
     */
    int move(QueueId id, Move moves, String event);

    /** Decides on one recipient. */
    @FunctionalInterface
    interface Move {
        Optional<RecipientState> next(QueuedRecipient recipient);
    }

    /**
     * Recipients that are not settled.
     *
     * @param pending await the pipeline, failed ones included
     * @param routed await delivery
     * @param held await an operator
     * @param complete false for a while after the start, when a long queue is still being counted
     */
    record Counts(long pending, long routed, long held, boolean complete) {

        /** When all is counted. */
        public Counts(long pending, long routed, long held) {
            this(pending, routed, held, true);
        }
    }
}
