package org.posthorn.server.pipeline;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.james.core.MailAddress;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.chain.Addresses;

/** Who was rewritten into whom in one round. */
final class Rewritings {

    private final Map<MailAddress, List<Mailbox>> replaced = new HashMap<>();

    void note(MailAddress address, List<Mailbox> by) {
        replaced.put(address, List.copyOf(by));
    }

    boolean isEmpty() {
        return replaced.isEmpty();
    }

    /** Whom an address became in the end, step by step; empty when it is itself, or became several or nobody. */
    Optional<MailAddress> end(MailAddress address) {
        var seen = new HashSet<MailAddress>();
        var last = address;
        while (replaced.containsKey(last)) {
            var next = replaced.get(last).size() == 1
                ? Addresses.james(replaced.get(last).getFirst()) : Optional.<MailAddress>empty();
            if (next.isEmpty() || !seen.add(last)) {
                return Optional.empty();
            }
            last = next.get();
        }
        return last.equals(address) ? Optional.empty() : Optional.of(last);
    }
}
