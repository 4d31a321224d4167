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

    boolean isOfferedTo(QueueFlush.Client client) {
        return config.nodes().stream().anyMatch(node -> node.access().mayCome(client, relay))
            || config.queues().stream().anyMatch(queue -> queue.access().mayCome(client, relay))
            || config.relayDomains() && !relay.relayDomains().isEmpty() && Access.USUAL.mayCome(client, relay);
    }

    Grant grant(QueueFlush.Client client, EtrnNode asked) {
        return switch (asked) {
            case EtrnNode.Queue(var name) -> queue(client, name);
            case EtrnNode.Exact(var name) -> entry(name).<Grant>map(node -> node.access().refuses(client, relay)
                .<Grant>map(Grant.Refused::new).orElseGet(() -> new Grant.Allowed(asked::covers)))
                .orElseGet(() -> new Grant.Refused(UNKNOWN));
            case EtrnNode.Subtree tree -> tree(client, tree);
        };
    }

    private Grant queue(QueueFlush.Client client, String name) {
        var queue = config.queues().stream().filter(one -> one.name().equals(name)).findFirst();
        return queue.<Grant>map(found -> found.access().refuses(client, relay).<Grant>map(Grant.Refused::new)
            .orElseGet(() -> new Grant.Allowed(found::covers)))
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
            : new Grant.Allowed(domain -> tree.covers(domain)
                && entry(domain).filter(node -> node.access().refuses(client, relay).isEmpty()).isPresent());
    }

    private Optional<EtrnConfig.Node> entry(String domain) {
        return entries().stream().filter(node -> node.pattern().covers(domain)).findFirst();
    }

    private List<EtrnConfig.Node> entries() {
        return config.relayDomains() ? Stream.concat(config.nodes().stream(), relay.relayDomains().stream()
            .map(domain -> new EtrnConfig.Node(new EtrnNode.Exact(domain), Access.USUAL, false))).toList()
            : config.nodes();
    }
}
