package org.posthorn.server.spool;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the {@link Journal} says of one message and the tables do not: all of a new one, or how an older one changed.
 * What came later is {@linkplain #merge merged} in, so that only the outcome is ever written to the tables. Guarded by
 * the {@link Ledger}'s lock.
 */
final class Unwritten {

    private static final int SAME = -1;
    private static final int OF_AN_EVENT = 100;     // characters that it is worth besides its own
    private static final int OF_A_ROW = 1000;       // characters of history that weigh as much as another row

    private final QueueId id;
    private final Optional<Origin> origin;
    private int open = SAME;
    private long settled;
    private final List<SpoolTables.VariantRow> variants = new ArrayList<>();
    private final Map<Integer, QueuedRecipient> made = new LinkedHashMap<>();
    private final Map<Integer, Moved> moved = new LinkedHashMap<>();
    private final List<Event> history = new ArrayList<>();
    private long historySize;

    /**
     * Nothing yet.
     *
     * @param origin of a new message; empty when the tables know it
     */
    Unwritten(QueueId id, Optional<Origin> origin) {
        this.id = id;
        this.origin = origin;
    }

    /** A recipient that the tables know, as it is now. */
    record Moved(int number, int variant, RecipientState state) {
    }

    /**
     * What a plan says, by message.
     *
     * @param now milliseconds since 1970
     */
    static List<Unwritten> of(Plan plan, long now) {
        var all = new LinkedHashMap<QueueId, Unwritten>();
        for (var message : plan.accepted()) {
            all.put(message.id(), new Unwritten(message.id(), Optional.of(message.origin())));
        }
        var changed = new HashSet<QueueId>();       // what is only put off stays as open as it was
        for (var made : plan.made()) {
            changed.add(made.id());
        }
        for (var moved : plan.moved()) {
            if (moved.before().state().isFinal() != moved.after().state().isFinal()) {
                changed.add(moved.id());
            }
        }
        for (var standing : plan.standings()) {
            var one = all.computeIfAbsent(standing.id(), id -> new Unwritten(id, Optional.empty()));
            if (one.isNew() || changed.contains(standing.id())) {
                one.open(standing.open(), standing.isSettled() ? Math.max(1, now) : 0);
            }
            plan.lines().getOrDefault(standing.id(), List.of()).forEach(one::happened);
        }
        for (var form : plan.forms()) {
            var variant = form.variant();
            all.get(form.id()).variants.add(new SpoolTables.VariantRow(variant.number(), variant.content().octets(),
                Slice.location(form.slices()), variant.attributes(), variant.sender()));
        }
        for (var made : plan.made()) {
            all.get(made.id()).made(made.recipient());
        }
        for (var moved : plan.moved()) {
            var after = moved.after();
            all.get(moved.id()).moved(new Moved(after.number(), after.variant(), after.state()));
        }
        return List.copyOf(all.values());
    }

    /** Puts what happened later on top. */
    void merge(Unwritten later) {
        if (later.isCounted()) {
            open(later.open, later.settled);
        }
        later.variants.forEach(this::variant);
        later.made.values().forEach(this::made);
        later.moved.values().forEach(this::moved);
        history.addAll(later.history);
        historySize += later.historySize;
    }

    void open(int count, long whenSettled) {
        open = count;
        settled = whenSettled;
    }

    void variant(SpoolTables.VariantRow variant) {
        for (var known : variants) {
            if (known.number() == variant.number()) {
                return;
            }
        }
        variants.add(variant);
    }

    void made(QueuedRecipient recipient) {
        made.put(recipient.number(), recipient);
    }

    void moved(Moved now) {
        var known = Optional.ofNullable(made.get(now.number()));
        if (known.isPresent()) {
            made.put(now.number(), new QueuedRecipient(now.number(), known.get().recipient(), now.variant(),
                now.state()));
        } else {
            moved.put(now.number(), now);
        }
    }

    void happened(Event event) {
        history.add(event);
        historySize += OF_AN_EVENT + event.recipient().length() + event.what().length() + event.detail().length();
    }

    QueueId id() {
        return id;
    }

    /** Of a new message. */
    Optional<Origin> origin() {
        return origin;
    }

    boolean isNew() {
        return origin.isPresent();
    }

    /** Whether it is said here how many recipients are not settled; if not, as many as before. */
    boolean isCounted() {
        return open != SAME;
    }

    /** How many recipients are not settled. */
    int open() {
        return open;
    }

    /** When all were settled, in milliseconds since 1970; 0 as long as they are not. */
    long settled() {
        return settled;
    }

    /** How many rows it is, about; those of its history are large. */
    int weight() {
        return 2 + made.size() + moved.size() + (int) (historySize / OF_A_ROW);
    }

    List<SpoolTables.VariantRow> variants() {
        return variants;
    }

    List<QueuedRecipient> made() {
        return List.copyOf(made.values());
    }

    List<Moved> moved() {
        return List.copyOf(moved.values());
    }

    List<Event> history() {
        return history;
    }

    /** As if it had been read from the tables; only of a new one. */
    SpoolPages.Loaded loaded() {
        return new SpoolPages.Loaded(new SpoolTables.MessageRow(id, origin.orElseThrow(), open, settled), variants,
            made());
    }
}
