package org.posthorn.server.delivery.etrn;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.posthorn.server.config.Section;

/**
 * Who takes a node's mail along by ATRN. Nobody does who is not named: it is their mail that is handed out.
 *
 * @param owners users' addresses in lower case
 * @param only whether the mail leaves in no other way
 */
record Fetching(Set<String> owners, boolean only) {

    /** Where nothing is said. */
    static final Fetching NOBODY = new Fetching(Set.of(), false);

    Fetching {
        owners = owners.stream().map(owner -> owner.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    /** Reads {@code <atrn>} and {@code atrn-only} of a node. */
    static Fetching read(Section node) {
        var owners = Set.copyOf(node.values("atrn", Access::address));
        var only = node.flag("atrn-only", false);
        if (only && owners.isEmpty()) {
            node.problem("atrn-only needs an <atrn> with the user who fetches the mail");
        }
        if (only && node.flag("etrn-only", false)) {
            node.problem("etrn-only and atrn-only are two ways; keep one");
        }
        return new Fetching(owners, only);
    }

    boolean owns(String user) {
        return owners.contains(user.toLowerCase(Locale.ROOT));
    }
}
