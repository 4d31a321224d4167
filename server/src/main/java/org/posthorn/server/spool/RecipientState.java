package org.posthorn.server.spool;

import java.time.Instant;

/** Where one recipient of a message stands. The last three are final; each of them names its reason. */
public sealed interface RecipientState {

    /**
     * Awaits the pipeline.
     *
     * @param processor where the pipeline begins, such as {@code root}
     * @param due not before
     * @param attempts runs of the pipeline that were cut short by a fault of ours
     * @param released whether an operator released it from hold: it passes every {@code Hold}
     * @param notices how often its sender was told that it is delayed
     */
    record Pending(String processor, Instant due, int attempts, boolean released, int notices)
        implements RecipientState {

        /** Nobody was told yet that it is delayed. */
        public Pending(String processor, Instant due, int attempts, boolean released) {
            this(processor, due, attempts, released, 0);
        }

        /** The same at another time. */
        public Pending at(Instant other) {
            return new Pending(processor, other, attempts, released, notices);
        }
    }

    /**
     * Awaits delivery.
     *
     * @param due not before
     * @param attempts deliveries tried so far
     * @param lastReply what the far side said last; empty before the first attempt
     * @param notices how often its sender was told that it is delayed
     */
    record Routed(Route route, Instant due, int attempts, String lastReply, int notices) implements RecipientState {

        /** Nobody was told yet that it is delayed. */
        public Routed(Route route, Instant due, int attempts, String lastReply) {
            this(route, due, attempts, lastReply, 0);
        }

        /** The same at another time. */
        public Routed at(Instant other) {
            return new Routed(route, other, attempts, lastReply, notices);
        }
    }

    /**
     * Kept until an operator releases or removes it.
     *
     * @param name who holds it: a {@code Hold} mailet's name, or {@code operator}
     * @param before what it goes back to when it is released
     */
    record Held(String name, RecipientState before) implements RecipientState {
    }

    /**
     * Failed for good, but its sender was not told yet: awaits the pipeline, which reports it.
     *
     * @param reply why
     * @param due not before
     * @param attempts how often it could not be reported
     */
    record Failed(String reply, Instant due, int attempts) implements RecipientState {

        /** To be reported at once. */
        public Failed(String reply) {
            this(reply, Instant.EPOCH, 0);
        }
    }

    /**
     * The next hop, or the mailbox, has it, but its sender wanted to hear of that and was not told yet: awaits the
     * pipeline, which reports it.
     *
     * @param reply what the far side said, or where it lies
     * @param host which one; empty for a mailbox
     * @param relayed whether it is with a host that sends no reports, and not in a mailbox
     * @param due not before
     * @param attempts how often it could not be reported
     */
    record Unreported(String reply, String host, boolean relayed, Instant due, int attempts)
        implements RecipientState {

        /** To be reported at once. */
        public Unreported(String reply, String host, boolean relayed) {
            this(reply, host, relayed, Instant.EPOCH, 0);
        }
    }

    /**
     * The next hop, or the mailbox, has it.
     *
     * @param reply what the far side said, or where it lies
     */
    record Delivered(String reply) implements RecipientState {
    }

    /**
     * Failed for good; the sender was told where that was allowed and wanted.
     *
     * @param reply why
     */
    record Bounced(String reply) implements RecipientState {
    }

    /**
     * Dropped by a named rule.
     *
     * @param rule which one
     */
    record Discarded(String rule) implements RecipientState {
    }

    /** How often its sender was told that it is delayed. */
    default int notices() {
        return switch (this) {
            case Pending pending -> pending.notices;
            case Routed routed -> routed.notices;
            case Held held -> held.before.notices();
            case Failed _, Unreported _, Delivered _, Bounced _, Discarded _ -> 0;
        };
    }

    /** The same after so many notices of the delay; itself where that means nothing. */
    default RecipientState notices(int count) {
        return switch (this) {
            case Pending(var processor, var due, var attempts, var released, _) ->
                new Pending(processor, due, attempts, released, count);
            case Routed(var route, var due, var attempts, var lastReply, _) ->
                new Routed(route, due, attempts, lastReply, count);
            case Held(var name, var before) -> new Held(name, before.notices(count));
            case Failed _, Unreported _, Delivered _, Bounced _, Discarded _ -> this;
        };
    }

    /** Whether the mail is where it was to go, or was dropped by a rule: its octets are not needed any more. */
    default boolean somebodyHasThem() {
        return switch (this) {
            case Unreported _, Delivered _, Discarded _ -> true;
            case Pending _, Routed _, Held _, Failed _, Bounced _ -> false;
        };
    }

    /** Whether nothing more is to be done. */
    default boolean isFinal() {
        return switch (this) {
            case Delivered _, Bounced _, Discarded _ -> true;
            case Pending _, Routed _, Held _, Failed _, Unreported _ -> false;
        };
    }
}
