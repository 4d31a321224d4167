package org.posthorn.mailets;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.james.core.MailAddress;
import org.posthorn.mailets.port.Residents;

/** Follows an address to all for whom it stands: breadth first, each address once, so that it always ends. */
final class AliasWalk {

    private static final int MOST_SHOWN = 6;         // addresses of a circle
    private static final int LONGEST_SHOWN = 250;    // characters: it becomes part of one reply line

    private final Residents residents;
    private final Limits limits;
    private final Map<MailAddress, List<MailAddress>> aliases = new LinkedHashMap<>();
    private final Map<MailAddress, MailAddress> ends = new LinkedHashMap<>();
    private final Map<MailAddress, MailAddress> namedBy = new HashMap<>();
    private final Map<MailAddress, Integer> depths = new HashMap<>();
    private final ArrayDeque<MailAddress> open = new ArrayDeque<>();
    private boolean metAgain;

    private AliasWalk(Residents residents, Limits limits) {
        this.residents = residents;
        this.limits = limits;
    }

    /**
     * Where a walk ends.
     *
     * @param addresses how many addresses one may become
     * @param depth through how many aliases one after the other
     */
    record Limits(int addresses, int depth) {
    }

    /**
     * What came of a walk.
     *
     * @param ends who gets the mail, each with the alias that named it; empty when all ways lead back
     * @param aliases every alias on the way, the first address among them
     * @param circle one way that leads back, the same address at both ends; empty when there is none
     * @param failure which limit was met, as the end of a sentence about the address
     */
    record Found(Map<MailAddress, MailAddress> ends, Set<MailAddress> aliases, List<MailAddress> circle,
                 Optional<String> failure) {
    }

    /** Walks from an address. A failing lookup is thrown as it comes. */
    static Found from(MailAddress address, Residents residents, Limits limits) {
        var walk = new AliasWalk(residents, limits);
        var failure = walk.run(address);
        return new Found(walk.ends, walk.aliases.keySet(), walk.metAgain ? walk.circle() : List.of(), failure);
    }

    /** The addresses in a row, the middle of a long one left out. */
    static String text(List<MailAddress> circle) {
        var shown = new ArrayList<>(circle.stream().map(MailAddress::asString).toList());
        if (shown.size() > MOST_SHOWN) {
            shown.subList(MOST_SHOWN - 2, shown.size() - 1).clear();
            shown.add(shown.size() - 1, "...");
        }
        var text = shown.stream().collect(Collectors.joining(" -> "));
        return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN - 3) + "...";
    }

    private Optional<String> run(MailAddress first) {
        depths.put(first, 0);
        open.add(first);
        while (!open.isEmpty()) {
            var address = open.poll();
            if (residents.standing(address) instanceof Residents.Standing.Alias(var targets)) {
                if (depths.get(address) >= limits.depth()) {
                    return Optional.of("leads through more than " + limits.depth() + " aliases");
                }
                aliases.put(address, targets);
                targets.forEach(target -> follow(address, target));
            } else {
                ends.putIfAbsent(address, namedBy.getOrDefault(address, address));
            }
            if (ends.size() + open.size() > limits.addresses()) {
                return Optional.of("stands for more than " + limits.addresses() + " addresses");
            }
        }
        return Optional.empty();
    }

    private void follow(MailAddress alias, MailAddress target) {
        if (target.equals(alias)) {
            ends.put(target, alias);   // it lists itself: keep a copy
        } else if (depths.containsKey(target)) {
            metAgain = true;
        } else {
            depths.put(target, depths.get(alias) + 1);
            namedBy.put(target, alias);
            open.add(target);
        }
    }

    /** The first circle among the aliases that were met, found depth first with the way back in hand. */
    private List<MailAddress> circle() {
        var done = new HashSet<MailAddress>();
        var way = new LinkedHashMap<MailAddress, ArrayDeque<MailAddress>>();
        way.put(aliases.keySet().iterator().next(), new ArrayDeque<>(aliases.values().iterator().next()));
        while (!way.isEmpty()) {
            var place = way.lastEntry();
            var next = place.getValue().poll();
            if (next == null) {
                done.add(place.getKey());
                way.pollLastEntry();
            } else if (way.containsKey(next) && !next.equals(place.getKey())) {
                var all = new ArrayList<>(way.keySet());
                var circle = new ArrayList<>(all.subList(all.indexOf(next), all.size()));
                circle.add(next);
                return circle;
            } else if (aliases.containsKey(next) && !done.contains(next) && !next.equals(place.getKey())) {
                way.put(next, new ArrayDeque<>(aliases.get(next)));
            }
        }
        return List.of();
    }
}
