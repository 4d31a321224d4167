package org.posthorn.server.spool;

import java.time.Instant;
import java.util.List;

/**
 * A recipient's state as columns. A held one keeps what it was before in the same columns.
 *
 * @param status one of the numbers below; from {@link #DELIVERED} on they are final
 * @param heldStatus what a held one was before; 0 for others
 * @param heldBy who holds it; empty for others
 * @param due milliseconds since 1970; 0 where the state has none, which is ready at once
 * @param attempts so far; 0 where the state has none
 * @param processor where the pipeline begins; empty where the state has none
 * @param released whether an operator released it from hold
 * @param route where it goes, or what was done and by which host; both parts empty where the state has none
 * @param reply the last reply, the reason or the rule
 * @param notices how often its sender was told of the delay; 0 where the state has none
 */
record RecipientRow(int status, int heldStatus, String heldBy, long due, int attempts, String processor,
                    boolean released, Route route, String reply, int notices) {

    static final int PENDING = 1;
    /** Settled, but not reported: failed, or with a word of {@link #DONE} as its agent, delivered. */
    static final int FAILED = 2;
    static final int ROUTED = 3;
    static final int HELD = 4;
    static final int DELIVERED = 11;
    static final int BOUNCED = 12;
    static final int DISCARDED = 13;

    private static final Route NOWHERE = new Route("", "");
    /** What stands where an agent would: delivered, relayed. */
    private static final List<String> DONE = List.of("delivered", "relayed");

    /** The columns of a state. Texts are as long as they are. */
    static RecipientRow of(RecipientState state) {
        return switch (plain(state)) {
            case RecipientState.Pending(var processor, var due, var attempts, var released, var notices) ->
                new RecipientRow(PENDING, 0, "", millis(due), attempts, processor, released, NOWHERE, "", notices);
            case RecipientState.Routed(var route, var due, var attempts, var lastReply, var notices) ->
                new RecipientRow(ROUTED, 0, "", millis(due), attempts, "", false, route, lastReply, notices);
            case RecipientState.Held(var name, var before) -> of(before).held(name);
            case RecipientState.Failed(var reply, var due, var attempts) ->
                new RecipientRow(FAILED, 0, "", millis(due), attempts, "", false, NOWHERE, reply, 0);
            case RecipientState.Unreported(var reply, var host, var relayed, var due, var attempts) ->
                new RecipientRow(FAILED, 0, "", millis(due), attempts, "", false,
                    new Route(DONE.get(relayed ? 1 : 0), host), reply, 0);
            case RecipientState.Delivered(var reply) -> said(DELIVERED, reply);
            case RecipientState.Bounced(var reply) -> said(BOUNCED, reply);
            case RecipientState.Discarded(var rule) -> said(DISCARDED, rule);
        };
    }

    private static RecipientRow said(int status, String reply) {
        return new RecipientRow(status, 0, "", 0, 0, "", false, NOWHERE, reply, 0);
    }

    private RecipientRow held(String name) {
        return new RecipientRow(HELD, status, name, due, attempts, processor, released, route, reply, notices);
    }

    /** The state that these columns say. */
    RecipientState state() {
        return status == HELD ? new RecipientState.Held(heldBy, state(heldStatus)) : state(status);
    }

    private RecipientState state(int kind) {
        return switch (kind) {
            case PENDING -> new RecipientState.Pending(processor, Instant.ofEpochMilli(due), attempts, released,
                notices);
            case FAILED -> route.agent().isEmpty()
                ? new RecipientState.Failed(reply, Instant.ofEpochMilli(due), attempts)
                : new RecipientState.Unreported(reply, route.nextHop(), route.agent().equals(DONE.getLast()),
                    Instant.ofEpochMilli(due), attempts);
            case ROUTED -> new RecipientState.Routed(route, Instant.ofEpochMilli(due), attempts, reply, notices);
            case DELIVERED -> new RecipientState.Delivered(reply);
            case BOUNCED -> new RecipientState.Bounced(reply);
            case DISCARDED -> new RecipientState.Discarded(reply);
            default -> throw new SpoolException("a recipient row has the unknown status " + kind, false, null);
        };
    }

    /** Whether nothing more is to be done. */
    boolean isFinal() {
        return status >= DELIVERED;
    }

    /** The state as a spool keeps it: what is held twice is held once, by the last who said so. */
    static RecipientState plain(RecipientState state) {
        var plain = state;
        while (plain instanceof RecipientState.Held(var name, RecipientState.Held(var _, var before))) {
            plain = new RecipientState.Held(name, before);
        }
        return plain;
    }

    /** The line that an operator's hand leaves: the first word says what, the rest is detail. */
    static Event event(Instant at, QueuedRecipient recipient, String said) {
        var words = said.strip().split(" ", 2);
        return new Event(at, recipient.recipient().mailbox().toString(), words[0], words.length > 1 ? words[1] : "");
    }

    /** Milliseconds since 1970, as far as they fit. */
    static long millis(Instant due) {
        if (due.isBefore(Instant.EPOCH)) {
            return 0;
        }
        return due.isAfter(Instant.ofEpochMilli(Long.MAX_VALUE)) ? Long.MAX_VALUE : due.toEpochMilli();
    }
}
