package org.posthorn.server.delivery.remote;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.posthorn.protocols.address.ReversePath;

/**
 * Where mail goes by our own configuration. A route is for a recipient's domain, for a sender, or for both; of several
 * that fit, the recipient's side decides first, then the sender's:
 *
 * <pre>
 * domain  example.net   before   .example.net, for all below it (the longest that fits)   before   none
 * from    ann@example.org, {@code <>}   before   example.org   before   .example.org   before   none
 * </pre>
 *
 * <p>Without a route mail goes to the smart hosts; without those to the domain's own mail exchangers, and where they
 * cannot be reached, to the fallback.
 *
 * @param table the relays of each route, at least one, to be tried in order
 * @param smartHosts for mail without a route, to be tried in order
 * @param fallback for domains whose own mail exchangers cannot be reached
 */
public record Routes(Map<Key, List<Relay>> table, List<Relay> smartHosts, List<Relay> fallback) {

    /** None: mail goes where the DNS says. */
    public static final Routes NONE = new Routes(Map.of(), List.of(), List.of());

    /** Copies the collections. */
    public Routes {
        var copy = new HashMap<Key, List<Relay>>();
        table.forEach((key, relays) -> copy.put(key, List.copyOf(relays)));
        table = Map.copyOf(copy);
        smartHosts = List.copyOf(smartHosts);
        fallback = List.copyOf(fallback);
    }

    /**
     * What a route is for; both in lower case.
     *
     * @param domain the recipient's, with a dot in front for those below it; empty for all
     * @param from an address, {@code <>}, a domain or one with a dot in front; empty for all
     */
    public record Key(String domain, String from) {
    }

    /** Whether any route asks for the sender. */
    boolean askForSenders() {
        return table.keySet().stream().anyMatch(key -> !key.from.isEmpty());
    }

    /**
     * The route of a domain.
     *
     * @param domain in lower case
     * @param sender empty where nobody is known
     */
    Optional<List<Relay>> of(String domain, Optional<ReversePath> sender) {
        var senders = sender.map(Routes::patterns).orElse(List.of(""));
        for (var recipients : patterns(domain)) {
            for (var from : senders) {
                var found = table.get(new Key(recipients, from));
                if (found != null) {
                    return Optional.of(found);
                }
            }
        }
        return Optional.empty();
    }

    /** All that mail for a domain, in lower case, may take, whoever the sender is. */
    List<List<Relay>> fitting(String domain) {
        var patterns = patterns(domain);
        return table.entrySet().stream().filter(route -> patterns.contains(route.getKey().domain))
            .map(Map.Entry::getValue).toList();
    }

    private static List<String> patterns(ReversePath sender) {
        return switch (sender) {
            case ReversePath.Null _ -> List.of("<>", "");
            case ReversePath.Sender(var mailbox) -> {
                var patterns = new ArrayList<String>();
                patterns.add(mailbox.toString().toLowerCase(Locale.ROOT));
                patterns.addAll(patterns(mailbox.domain()));
                yield patterns;
            }
        };
    }

    /** All keys that fit a domain, the narrowest first. */
    private static List<String> patterns(String domain) {
        var patterns = new ArrayList<String>();
        patterns.add(domain);
        if (!domain.startsWith("[")) {
            for (var dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
                patterns.add(domain.substring(dot));
            }
        }
        patterns.add("");
        return patterns;
    }
}
