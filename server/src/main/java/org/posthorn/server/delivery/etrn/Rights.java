package org.posthorn.server.delivery.etrn;

import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.posthorn.protocols.etrn.EtrnNode;
import org.posthorn.protocols.etrn.QueueFlush;
import org.posthorn.server.chain.RelayConfig;

/** Which domains a client may ask for: the entries of conf/etrn.xml, then the relay domains. */
record Rights(EtrnConfig config, RelayConfig relay) {

    private static final String UNKNOWN = "no such node here";
    private static final String ATRN_ONLY = "its mail is fetched by ATRN";

    @Inject Rights {
        // as they are
    }

    /** What a client gets that asks for a node. */
    sealed interface Grant {

        /** These domains' mail. */
        record Allowed(Predicate<String> domains) implements Grant {
        }

        /** Nothing. */
        record Refused(String reason) implements Grant {
        }
    }

    /** What an owner gets who comes for its mail. */
    sealed interface Fetch {

        /**
         * This mail.
         *
         * @param patterns within which all the domains lie
         * @param domains those it may have, in lower case
         */
        record Allowed(List<EtrnNode> patterns, Predicate<String> domains) implements Fetch {
            /** Copies the list. */
            public Allowed {
                patterns = List.copyOf(patterns);
            }
        }

        /** Nothing. */
        record Refused(String reason) implements Fetch {
        }
    }

    /** All of the domains, or nothing (RFC 2645 section 5.2.1); without any, all that are the user's. */
    Fetch fetch(String user, List<String> domains) {
        var mine = config.nodes().stream().filter(node -> node.fetching().owns(user)).map(EtrnConfig.Node::pattern)
            .toList();
        if (mine.isEmpty()) {
            return new Fetch.Refused("no domain is yours");
        }
        if (domains.isEmpty()) {
            return new Fetch.Allowed(mine, domain -> isOwner(user, domain));
        }
        return domains.stream().allMatch(domain -> isOwner(user, domain))
            ? new Fetch.Allowed(domains.stream().<EtrnNode>map(EtrnNode.Exact::new).toList(), domains::contains)
            : new Fetch.Refused("not all of these domains are yours");
    }

    private boolean isOwner(String user, String domain) {
        return config.node(domain).filter(node -> node.fetching().owns(user)).isPresent();
    }

    boolean isOfferedTo(QueueFlush.Client client) {
        return config.nodes().stream().anyMatch(node -> node.access().mayCome(client, relay))
            || config.queues().stream().anyMatch(queue -> queue.access().mayCome(client, relay))
            || config.relayDomains() && !relay.relayDomains().isEmpty() && Access.USUAL.mayCome(client, relay);
    }

    Grant grant(QueueFlush.Client client, EtrnNode asked) {
        return switch (asked) {
            case EtrnNode.Queue(var name) -> queue(client, name);
            case EtrnNode.Exact(var name) when config.isFetchedOnly(name) -> new Grant.Refused(ATRN_ONLY);
            case EtrnNode.Exact(var name) -> entry(name).<Grant>map(node -> node.access().refuses(client, relay)
                .<Grant>map(Grant.Refused::new).orElseGet(() -> new Grant.Allowed(asked::covers)))
                .orElseGet(() -> new Grant.Refused(UNKNOWN));
            case EtrnNode.Subtree tree -> tree(client, tree);
        };
    }

    private Grant queue(QueueFlush.Client client, String name) {
        var queue = config.queues().stream().filter(one -> one.name().equals(name)).findFirst();
        return queue.<Grant>map(found -> found.access().refuses(client, relay).<Grant>map(Grant.Refused::new)
            .orElseGet(() -> new Grant.Allowed(
                domain -> found.covers(domain) && !config.isFetchedOnly(domain))))
            .orElseGet(() -> new Grant.Refused("no such queue here"));
    }

    /** Of the tree, those domains that the client may ask for one by one. */
    private Grant tree(QueueFlush.Client client, EtrnNode.Subtree tree) {
        var within = entries().stream().filter(node -> tree.covers(node.pattern().name())
            || node.pattern().covers(tree.name())).toList();
        if (within.isEmpty()) {
            return new Grant.Refused(UNKNOWN);
        }
        var refusals = within.stream().map(node -> node.access().refuses(client, relay)).toList();
        return refusals.stream().allMatch(Optional::isPresent) ? new Grant.Refused(refusals.getFirst().orElseThrow())
            : new Grant.Allowed(domain -> tree.covers(domain) && !config.isFetchedOnly(domain)
                && entry(domain).filter(node -> node.access().refuses(client, relay).isEmpty()).isPresent());
    }

    private Optional<EtrnConfig.Node> entry(String domain) {
        return entries().stream().filter(node -> node.pattern().covers(domain)).findFirst();
    }

    private List<EtrnConfig.Node> entries() {
        return config.relayDomains() ? Stream.concat(config.nodes().stream(), relay.relayDomains().stream()
            .map(domain -> new EtrnConfig.Node(new EtrnNode.Exact(domain), Access.USUAL, false, Fetching.NOBODY)))
            .toList() : config.nodes();
    }
}
