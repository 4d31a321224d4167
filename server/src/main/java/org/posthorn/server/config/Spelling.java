package org.posthorn.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses which name was meant by a misspelt one. */
final class Spelling {

    private static final int SHORT = 4;   // of a name so short one letter may be wrong, of others two

    private Spelling() {
    }

    /** The known name that is nearest; empty when none is near. */
    static Optional<String> nearest(String written, Collection<String> known) {
        var most = written.length() <= SHORT ? 1 : 2;
        return known.stream().filter(name -> distance(written, name) <= most)
            .min(Comparator.comparingInt(name -> distance(written, name)));
    }

    /** How many letters to add, leave out, change or swap with their neighbour. Case does not count. */
    static int distance(String from, String to) {
        var a = from.toLowerCase(Locale.ROOT);
        var b = to.toLowerCase(Locale.ROOT);
        var cost = new int[a.length() + 1][b.length() + 1];
        for (var i = 0; i <= a.length(); i++) {
            for (var j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                var change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                cost[i][j] = Math.min(cost[i - 1][j - 1] + change, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
