package org.posthorn.server.spool;

import java.util.HashMap;
import java.util.Map;

/**
 * The order in which flows of work have their turns, so that a long one delays a short one by little: each gets as much
 * as any other (self-clocked fair queueing). What comes gets a place: as far behind the one that was served last, or
 * behind its flow's own last one, as it takes. Whoever has places serves the lowest, and says so.
 *
 * <p>Its owner's lock guards it.
 */
public final class FairOrder {

    private static final int SWEPT = 1024;      // flows, from which on those that have nothing left are looked for

    private final Map<String, Long> lasts = new HashMap<>();    // place of the flow's last one
    private long now;                           // the place that was served last
    private int sweptAt = SWEPT;

    /** The place of something of that flow that takes so much. */
    public long place(String flow, int weight) {
        var place = Math.max(now, lasts.getOrDefault(flow, now)) + weight;
        lasts.put(flow, place);
        if (lasts.size() > sweptAt) {
            lasts.values().removeIf(last -> last <= now);
            sweptAt = Math.max(SWEPT, 2 * lasts.size());
        }
        return place;
    }

    /** What has that place has its turn. */
    public void served(long place) {
        now = Math.max(now, place);
    }

    /** How many flows are kept in mind. */
    int known() {
        return lasts.size();
    }

    /** Forgets all flows. */
    public void clear() {
        lasts.clear();
        now = 0;
        sweptAt = SWEPT;
    }
}
