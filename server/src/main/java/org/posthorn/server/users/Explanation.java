package org.posthorn.server.users;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.posthorn.protocols.address.Mailbox;

/**
 * Whom an address stands for in the end, and by which steps.
 *
 * @param steps each address on the way, once, in the order in which it was met
 * @param circle the first way found that leads back to one of its own addresses, that address at both ends; empty when
 *     there is none
 * @param complete whether the steps are all: an address may stand for more than anybody wants to read
 */
public record Explanation(List<Step> steps, List<Mailbox> circle, boolean complete) {

    private static final int MOST_STEPS = 10_000;   // what an administrator waits for

    /** Copies the lists. */
    public Explanation {
        steps = List.copyOf(steps);
        circle = List.copyOf(circle);
    }

    /**
     * One address and what it stands for.
     *
     * @param depth how many aliases lead to it
     * @param how which entry decided
     */
    public record Step(Mailbox address, int depth, String how, Resolution resolution) {

        /** Whether an alias keeps a copy in the mailbox of its own name. */
        public boolean keepsCopy() {
            return resolution instanceof Resolution.Alias(var targets)
                && targets.stream().map(Names::folded).anyMatch(Names.folded(address)::equals);
        }
    }

    static Explanation of(Mailbox address, ResolutionOrder order, ResolutionOrder.Entries entries) {
        var walk = new Walk(order, entries);
        walk.from(address);
        return new Explanation(walk.steps, walk.circle, !walk.cutShort);
    }

    /** The circle in words, {@code a -> b -> a}; empty when there is none. */
    public String circleText() {
        return circle.stream().map(Mailbox::toString).collect(Collectors.joining(" -> "));
    }

    /** Depth first, with the way back in hand, so that a circle is known when it closes. */
    private static final class Walk {
        private final ResolutionOrder order;
        private final ResolutionOrder.Entries entries;
        private final List<Step> steps = new ArrayList<>();
        private final Set<Mailbox> seen = new HashSet<>();
        private List<Mailbox> circle = List.of();
        private boolean cutShort;

        Walk(ResolutionOrder order, ResolutionOrder.Entries entries) {
            this.order = order;
            this.entries = entries;
        }

        /**
         * An address whose targets are being looked at.
         *
         * @param next which of them comes next
         */
        private record Place(Step step, List<Mailbox> targets, int next) {
        }

        void from(Mailbox address) {
            var way = new ArrayList<Place>();
            way.add(visit(address, 0));
            while (!way.isEmpty()) {
                var place = way.removeLast();
                if (place.next < place.targets.size()) {
                    var target = place.targets.get(place.next);
                    way.add(new Place(place.step, place.targets, place.next + 1));
                    follow(target, way);
                }
            }
        }

        private void follow(Mailbox target, List<Place> way) {
            var folded = Names.folded(target);
            var last = way.getLast().step;
            if (folded.equals(Names.folded(last.address()))) {
                return;   // it keeps a copy
            }
            if (!seen.contains(folded)) {
                cutShort |= steps.size() >= MOST_STEPS;
                if (!cutShort) {
                    way.add(visit(target, last.depth() + 1));
                }
            } else if (circle.isEmpty()) {
                var addresses = way.stream().map(place -> place.step.address()).toList();
                for (var i = 0; i < addresses.size(); i++) {
                    if (Names.folded(addresses.get(i)).equals(folded)) {
                        circle = new ArrayList<>(addresses.subList(i, addresses.size()));
                        circle.add(addresses.get(i));
                    }
                }
            }
        }

        private Place visit(Mailbox address, int depth) {
            seen.add(Names.folded(address));
            var decision = order.decide(address, entries);
            var step = new Step(address, depth, decision.how(), decision.resolution());
            steps.add(step);
            return new Place(step, decision.resolution() instanceof Resolution.Alias(var targets) ? targets
                : List.of(), 0);
        }
    }
}
