package org.posthorn.server.spool;

import java.util.ArrayList;
import java.util.List;

/**
 * What is to become durable together: new messages, and what became of recipients of old ones. Either all of it happens
 * or nothing does. So a bounce is spooled in the same transaction in which its cause is settled.
 *
 * @param accepted new messages
 * @param settled what happened to recipients
 */
public record Change(List<NewMessage> accepted, List<Settlement> settled) {

    /** Copies the lists. */
    public Change {
        accepted = List.copyOf(accepted);
        settled = List.copyOf(settled);
    }

    /** The drafts of all its new forms, in order. */
    List<Draft> drafts() {
        var drafts = new ArrayList<Draft>();
        for (var message : accepted) {
            for (var variant : message.variants()) {
                drafts.add(variant.content());
            }
        }
        for (var settlement : settled) {
            for (var variant : settlement.variants()) {
                drafts.add(variant.content());
            }
        }
        return drafts;
    }

    /** One new message. */
    public static Change accept(NewMessage message) {
        return new Change(List.of(message), List.of());
    }

    /** What happened to one message's recipients. */
    public static Change settle(Settlement settlement) {
        return new Change(List.of(), List.of(settlement));
    }
}
