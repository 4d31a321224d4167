package org.posthorn.server.delivery.etrn;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.posthorn.protocols.etrn.EtrnCommand;
import org.posthorn.protocols.etrn.EtrnNode;
import org.posthorn.server.config.Section;

/**
 * Whose queue is started on request: conf/etrn.xml.
 *
 * @param nodes the first that covers a domain holds for it
 * @param queues by name
 * @param secrets of programs that log in to fetch mail
 * @param relayDomains whether the domains of relay.xml may be asked for without an entry
 * @param again how long a node's queue is left alone after it was started; 2 s: nobody's line comes up twice in that
 */
public record EtrnConfig(List<Node> nodes, List<Queue> queues, List<SharedSecrets.Shared> secrets,
                         boolean relayDomains, Duration again) {

    /** Relay domains only. */
    public static final EtrnConfig DEFAULT = new EtrnConfig(List.of(), List.of(), List.of(), true,
        Duration.ofSeconds(2));

    /** Copies the lists. */
    public EtrnConfig {
        nodes = List.copyOf(nodes);
        queues = List.copyOf(queues);
        secrets = List.copyOf(secrets);
    }

    /**
     * A domain, or a domain with all below it.
     *
     * @param etrnOnly whether its mail is tried only when it is asked for
     * @param fetching who takes its mail along by ATRN
     */
    record Node(EtrnNode pattern, Access access, boolean etrnOnly, Fetching fetching) {
    }

    /** Domains that are asked for together. */
    record Queue(String name, List<EtrnNode> domains, Access access) {
        Queue {
            domains = List.copyOf(domains);
        }

        boolean covers(String domain) {
            return domains.stream().anyMatch(pattern -> pattern.covers(domain));
        }
    }

    /** Reads the element {@code <etrn>} of a home. */
    public static EtrnConfig read(Section etrn, Path home) {
        var nodes = new ArrayList<Node>();
        var names = new HashSet<String>();
        for (var element : etrn.children("node")) {
            var only = element.flag("etrn-only", false);
            var access = Access.read(element);
            var fetching = Fetching.read(element);
            element.value("name", List.<EtrnNode>of(), text -> List.of(domain(text))).forEach(pattern -> {
                nodes.add(new Node(pattern, access, only, fetching));
                once(element, names, pattern.toString());
            });
        }
        var secrets = etrn.children("cram-md5").stream().map(element -> SharedSecrets.Shared.read(element, home))
            .toList();
        return new EtrnConfig(nodes, queues(etrn), secrets, etrn.flag("relay-domains", DEFAULT.relayDomains),
            etrn.duration("again", DEFAULT.again));
    }

    private static List<Queue> queues(Section etrn) {
        var queues = new ArrayList<Queue>();
        var names = new HashSet<String>();
        for (var element : etrn.children("queue")) {
            var name = element.value("name", "", EtrnConfig::queue);
            var domains = element.values("domain", EtrnConfig::domain);
            var access = Access.read(element);
            if (!name.isEmpty()) {
                once(element, names, name);
                queues.add(new Queue(name, domains, access));
            }
        }
        return queues;
    }

    private static void once(Section element, HashSet<String> names, String name) {
        if (!names.add(name)) {
            element.problem("there is a second <" + element.name() + "> " + name + "; keep one");
        }
    }

    private static EtrnNode domain(String text) {
        if (EtrnCommand.parse(text) instanceof EtrnCommand.Start(var node) && !(node instanceof EtrnNode.Queue)) {
            return node;
        }
        throw new IllegalArgumentException("expected a domain such as branch.example, or @branch.example for it and"
            + " all domains below it");
    }

    private static String queue(String text) {
        if (EtrnCommand.parse("#" + text) instanceof EtrnCommand.Start(var node)) {
            return node.name();
        }
        throw new IllegalArgumentException("expected a short name such as night");
    }

    /** Whether mail for the domain, in lower case, waits until it is asked for. */
    public boolean waits(String domain) {
        return node(domain).filter(Node::etrnOnly).isPresent();
    }

    /** Whether mail for the domain, in lower case, leaves by ATRN alone. */
    public boolean isFetchedOnly(String domain) {
        return node(domain).filter(node -> node.fetching().only()).isPresent();
    }

    /** The entry that holds for a domain. Asked of each recipient that is delivered. */
    Optional<Node> node(String domain) {
        for (var node : nodes) {
            if (node.pattern().covers(domain)) {
                return Optional.of(node);
            }
        }
        return Optional.empty();
    }
}
