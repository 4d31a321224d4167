package org.posthorn.server.spool;

import java.util.ArrayList;
import java.util.List;

/**
 * What the spool has to know of a message to hand it out and to number what is added to it. Not thread-safe: the active
 * set keeps its own, a {@link Plan} works on copies.
 */
final class Standing {

    private final QueueId id;
    private final Origin origin;
    private final List<Variant> variants;
    private int nextNumber;
    private int open;

    /**
     * Of a message that is there.
     *
     * @param nextNumber the number that the next recipient gets
     * @param open how many recipients are not settled
     */
    Standing(QueueId id, Origin origin, List<Variant> variants, int nextNumber, int open) {
        this.id = id;
        this.origin = origin;
        this.variants = new ArrayList<>(variants);
        this.nextNumber = nextNumber;
        this.open = open;
    }

    Standing copy() {
        return new Standing(id, origin, variants, nextNumber, open);
    }

    QueueId id() {
        return id;
    }

    Origin origin() {
        return origin;
    }

    List<Variant> variants() {
        return List.copyOf(variants);
    }

    int open() {
        return open;
    }

    boolean isSettled() {
        return open == 0;
    }

    /** Adds a form, which gets the next number. */
    Variant add(StoredContent content, NewVariant form) {
        var variant = new Variant(variants.size(), content, form.attributes(), form.sender());
        variants.add(variant);
        return variant;
    }

    /** Adds a recipient, which gets the next number. */
    QueuedRecipient add(NewRecipient added) {
        var state = RecipientRow.plain(added.state());
        open += state.isFinal() ? 0 : 1;
        return new QueuedRecipient(nextNumber++, added.recipient(), added.variant(), state);
    }

    /** Notes that a recipient went from one state to another. */
    void moved(RecipientState from, RecipientState to) {
        open += (from.isFinal() ? 1 : 0) - (to.isFinal() ? 1 : 0);
    }

    /** All slices that its forms refer to. */
    List<Slice> slices() {
        var slices = new ArrayList<Slice>();
        for (var variant : variants) {
            if (variant.content() instanceof StoredContent stored) {
                slices.addAll(stored.slices());
            }
        }
        return slices;
    }

    /** The message with some of its recipients. */
    SpooledMessage message(List<QueuedRecipient> some) {
        return new SpooledMessage(id, origin, variants, some);
    }
}
