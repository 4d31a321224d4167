package org.posthorn.server.spool;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one transaction will write: changes checked, and everything in them numbered. Nothing is in force before it was
 * written and {@link ActiveSet#publish published}. Used by one thread.
 */
final class Plan {

    private final Known known;
    private final Map<QueueId, Standing> standings = new LinkedHashMap<>();
    private final List<NewMessage> accepted = new ArrayList<>();
    private final List<Form> forms = new ArrayList<>();
    private final List<Made> made = new ArrayList<>();
    private final List<Moved> moved = new ArrayList<>();
    private final Map<QueueId, List<Event>> lines = new LinkedHashMap<>();
    private final Set<Place> taken = new HashSet<>();
    private final Map<QueueId, Integer> caughtUp = new HashMap<>();

    Plan(Known known) {
        this.known = known;
    }

    /** What is in force, as far as this plan may change it. */
    interface Known {

        /** Whether a new message may have the id. */
        boolean isFree(QueueId id);

        /** The message, if any of its recipients may be moved; a copy. */
        Optional<Standing> standing(QueueId id);

        /** The recipient as it is, if it may be moved. */
        Optional<QueuedRecipient> movable(QueueId id, int number);

        /** What happened to the message and is in force, but not written. */
        List<Event> unwritten(QueueId id);
    }

    /** A new form of a message. */
    record Form(QueueId id, Variant variant, List<Slice> slices) {
    }

    /** A new recipient of a message. */
    record Made(QueueId id, QueuedRecipient recipient) {
    }

    /** A recipient of a message as it was and as it will be. */
    record Moved(QueueId id, QueuedRecipient before, QueuedRecipient after) {
    }

    private record Place(QueueId id, int number) {
    }

    /** How a draft's octets become a content. */
    @FunctionalInterface
    interface Store {
        StoredContent content(QueueId id, int variant, Draft draft);
    }

    /**
     * Adds a change, or throws and leaves the plan as it was.
     *
     * @throws SpoolException when the change does not fit what is in force
     */
    void add(Change change, Store store) {
        check(change);
        for (var message : change.accepted()) {
            accept(message, store);
        }
        for (var settlement : change.settled()) {
            settle(settlement, store);
        }
    }

    private void check(Change change) {
        var ids = new HashSet<QueueId>();
        for (var message : change.accepted()) {
            if (!ids.add(message.id()) || standings.containsKey(message.id()) || !known.isFree(message.id())) {
                throw refused("its id is another's, or was not given out", message.id());
            }
        }
        var forms = new LinkedHashMap<QueueId, Integer>();
        var numbers = new HashSet<Place>();
        for (var settlement : change.settled()) {
            var id = settlement.id();
            var standing = standing(id).orElseThrow(() -> refused("no recipient of it is claimed", id));
            var variants = forms.merge(id, settlement.variants().size(), Integer::sum) + standing.variants().size();
            for (var wanted : settlement.moved()) {
                var place = new Place(id, wanted.number());
                if (known.movable(id, wanted.number()).isEmpty() || taken.contains(place) || !numbers.add(place)) {
                    throw refused("recipient " + wanted.number() + " is not claimed", id);
                }
                checkVariant(id, wanted.variant(), variants);
            }
            settlement.added().forEach(added -> checkVariant(id, added.variant(), variants));
        }
        taken.addAll(numbers);
    }

    private static void checkVariant(QueueId id, int variant, int variants) {
        if (variant < 0 || variant >= variants) {
            throw refused("there is no variant " + variant, id);
        }
    }

    private static SpoolException refused(String why, QueueId id) {
        return new SpoolException("message " + id + " cannot be changed: " + why, false, null);
    }

    private Optional<Standing> standing(QueueId id) {
        var planned = standings.get(id);
        return planned != null ? Optional.of(planned) : known.standing(id);
    }

    private void accept(NewMessage message, Store store) {
        var standing = new Standing(message.id(), message.origin(), List.of(), 0, 0);
        standings.put(message.id(), standing);
        accepted.add(message);
        for (var form : message.variants()) {
            form(standing, form, store);
        }
        for (var recipient : message.recipients()) {
            made.add(new Made(message.id(), standing.add(recipient)));
        }
        note(message.id(), message.history());
    }

    private void settle(Settlement settlement, Store store) {
        var id = settlement.id();
        var standing = standing(id).orElseThrow();
        if (standings.put(id, standing) == null) {
            var unwritten = known.unwritten(id);
            caughtUp.put(id, unwritten.size());
            note(id, unwritten);
        }
        settlement.variants().forEach(form -> form(standing, form, store));
        settlement.added().forEach(recipient -> made.add(new Made(id, standing.add(recipient))));
        note(id, settlement.history());
        for (var wanted : settlement.moved()) {
            var before = known.movable(id, wanted.number()).orElseThrow();
            var state = RecipientRow.plain(wanted.state());
            standing.moved(before.state(), state);
            moved.add(new Moved(id, before,
                new QueuedRecipient(before.number(), before.recipient(), wanted.variant(), state)));
        }
    }

    private void note(QueueId id, List<Event> events) {
        if (!events.isEmpty()) {
            lines.computeIfAbsent(id, _ -> new ArrayList<>()).addAll(events);
        }
    }

    private void form(Standing standing, NewVariant form, Store store) {
        var content = store.content(standing.id(), standing.variants().size(), form.content());
        forms.add(new Form(standing.id(), standing.add(content, form), content.slices()));
    }

    boolean isEmpty() {
        return standings.isEmpty();
    }

    /** Every message that it touches, as it will be. */
    List<Standing> standings() {
        return List.copyOf(standings.values());
    }

    List<NewMessage> accepted() {
        return accepted;
    }

    List<Form> forms() {
        return forms;
    }

    List<Made> made() {
        return made;
    }

    List<Moved> moved() {
        return moved;
    }

    /** What goes into each message's history, in order. */
    Map<QueueId, List<Event>> lines() {
        return lines;
    }

    /** How many of the unwritten events of a message are among the lines. */
    int caughtUp(QueueId id) {
        return caughtUp.getOrDefault(id, 0);
    }

    /** The message as it will be. */
    Standing standingOf(QueueId id) {
        return Optional.ofNullable(standings.get(id)).orElseThrow();
    }
}
