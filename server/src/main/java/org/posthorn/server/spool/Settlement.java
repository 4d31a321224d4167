package org.posthorn.server.spool;

import java.util.List;

/**
 * What happened to some recipients of one message.
 *
 * @param id the message
 * @param variants new forms of it; their numbers follow the ones that there are, in this order
 * @param moved recipients of the claim with their new state, and variant where that changed
 * @param added recipients that an alias made, numbered by the spool
 * @param history what to write down with it
 */
public record Settlement(QueueId id, List<NewVariant> variants, List<QueuedRecipient> moved, List<NewRecipient> added,
                         List<Event> history) {

    /** Copies the lists. */
    public Settlement {
        variants = List.copyOf(variants);
        moved = List.copyOf(moved);
        added = List.copyOf(added);
        history = List.copyOf(history);
    }

    /** Whether it only moves recipients on to where they are to be delivered. */
    boolean isOnward() {
        return variants.isEmpty() && added.isEmpty()
            && moved.stream().allMatch(recipient -> recipient.state() instanceof RecipientState.Routed);
    }

    /** Outcomes only: what delivery has to say. */
    public static Settlement outcomes(QueueId id, List<QueuedRecipient> moved, List<Event> history) {
        return new Settlement(id, List.of(), moved, List.of(), history);
    }
}
